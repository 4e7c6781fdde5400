"""Building the schema of a living pydantic model again, with the names that its annotations speak of.

A model may name another that its module does not have when it runs (an import under `TYPE_CHECKING`); the
package then completes it from elsewhere, where both are known, by `Model.model_rebuild()` or with a namespace
of its own. That statement did not change and does not run again. What a name stands for is therefore looked
for in the application: a name that all modules which have it agree on. The equality proof sees the result.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from ..journal import MISSING

__all__ = ["build_schemas"]

_BUILT_TOGETHER = ("__pydantic_core_schema__", "__pydantic_validator__", "__pydantic_serializer__")


def build_schemas(models: Iterable[Any]) -> None:
    """Build what is made of these living models' fields again; what cannot be yet stays to be completed.

    All of them forget the old first: a schema embeds those of the models in its fields as it finds them.
    """
    models = tuple(models)
    for model in models:
        for name in _BUILT_TOGETHER:
            if name in model.__dict__:
                type.__delattr__(model, name)
    for model in models:
        _build(model)


def _build(model: Any) -> None:
    names: dict[str, object] = {}
    while True:
        try:
            model.model_rebuild(force=True, _types_namespace=names)
            return
        except NameError as error:  # PydanticUndefinedAnnotation is one
            found = MISSING if error.name in names else _meant(str(error.name), model.__module__)
            if found is MISSING:
                model.model_rebuild(force=True, raise_errors=False, _types_namespace=names)
                return
            names[str(error.name)] = found


def _meant(name: str, module: str) -> object:
    """What the application calls `name`; MISSING when nothing has the name, or two things have."""
    package = module.partition(".")[0]
    values = [
        space[name]
        for home, space in ((home, _namespace(live)) for home, live in list(sys.modules.items()))
        if home.partition(".")[0] == package and name in space
    ]
    return values[0] if values and all(value is values[0] for value in values) else MISSING


def _namespace(module: object) -> dict[str, object]:
    return module.__dict__ if isinstance(module, ModuleType) else {}
