"""pydantic's core schemas in one form: where a part is written out, and where only referred to, says nothing.

A model's schema holds those of the models in its fields. Which of them stand in `definitions`, and which are
written out in place, depends on the order in which the models were built; they validate the same
(https://docs.pydantic.dev/latest/api/pydantic_core_schema/#pydantic_core.core_schema.definitions_schema).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["canonical"]


def canonical(schema: object) -> object:
    """The schema with every named part written out where it comes first, and mentioned by number later."""
    return _Walk(schema).form(schema)


class _Walk:
    def __init__(self, schema: object) -> None:
        self._named = {part["ref"]: part for part in _parts(schema) if type(part.get("ref")) is str}
        self._numbers: dict[str, int] = {}

    def form(self, node: object) -> object:
        if type(node) in (list, tuple):
            return [self.form(item) for item in node]  # type: ignore[attr-defined]
        if type(node) is not dict:
            return node
        kind = node.get("type")
        if kind == "definitions":
            return self.form(node["schema"])
        reference = node.get("schema_ref") if kind == "definition-ref" else node.get("ref")
        if type(reference) is not str or reference not in self._named:
            return self._inside(node)
        if reference in self._numbers:
            return {"mentioned": self._numbers[reference], **self._beside(node)}
        self._numbers[reference] = len(self._numbers)
        return {"written": self._inside(self._named[reference]), **self._beside(node)}

    def _inside(self, node: dict[Any, Any]) -> dict[Any, object]:
        return {key: self.form(value) for key, value in node.items() if key != "ref"}

    def _beside(self, node: dict[Any, Any]) -> dict[Any, object]:
        """What a reference says besides what it refers to."""
        if node.get("type") != "definition-ref":
            return {}
        return {k: self.form(v) for k, v in node.items() if k not in ("type", "ref", "schema_ref") and v}


def _parts(schema: object) -> Iterator[dict[Any, Any]]:
    """Every dictionary in the schema."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            yield node
            waiting.extend(node.values())
        elif type(node) in (list, tuple):
            waiting.extend(node)  # type: ignore[arg-type]
