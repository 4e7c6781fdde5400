"""What the engine needs to know of the ASGI application that it upgrades."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from ..errors import CodeChangeError, ImportedElsewhere
from ..sessions.state import application_changes

__all__ = ["Application", "changes_of", "function_named", "require_import_from"]


class Application(Protocol):
    """The served application; the middleware implements it."""

    @property
    def packages(self) -> tuple[str, ...]:
        """The top-level packages and modules that the release consists of."""
        ...

    @property
    def app(self) -> object:
        """The application object that is served."""
        ...

    def reload(self) -> Callable[[], None]:
        """Look the application object up again and serve it from now on; returns the undo."""
        ...


def changes_of(app: object, named: str | None) -> Iterator[Callable[..., object]]:
    """The application's own `code_change` functions: those registered for `app`, then the settings' one.

    Each takes `(app, old_vsn, new_vsn)`. `named` is `package.module:function`.
    """
    registered = [function for subject, function in application_changes() if subject is app]
    yield from registered
    if named is None:
        return
    function = function_named(named, "code_change")
    if function not in registered:
        yield function


def function_named(named: str, key: str) -> Callable[..., object]:
    """The function `package.module:name` that [tool.upward] names under `key`. Raises `CodeChangeError`."""
    module, _, name = named.partition(":")
    function = getattr(import_module(module), name, None)
    if callable(function):
        return cast("Callable[..., object]", function)
    raise CodeChangeError(
        expected=f"the function {named} that [tool.upward] names as {key}",
        got="nothing callable of that name",
        do="correct the name in pyproject.toml and release again",
    )


def require_import_from(root: Path, packages: Iterable[str]) -> None:
    """Raise `ImportedElsewhere` when a living module of `packages` does not come from below `root`.

    Patching such modules would change code that the store knows nothing of.
    """
    root = root.resolve()
    wanted = set(packages)
    for name, module in sorted(sys.modules.items()):
        origin = getattr(getattr(module, "__spec__", None), "origin", None)
        if name.partition(".")[0] not in wanted or not isinstance(origin, str):
            continue
        if not Path(origin).resolve().is_relative_to(root):
            raise ImportedElsewhere(
                expected=f"module {name} imported from the store {root}",
                got=f"{name} imported from {origin}",
                do='start the service with `upward run`, or pass the application as "package.module:app"',
            )
