"""What one statement does to names while its module is imported."""

from __future__ import annotations

import ast

import pytest

from upward_asgi.appup.containers import empty_container
from upward_asgi.appup.names import effects_of


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"])
def test_what_only_type_checkers_see_does_not_happen(test: str) -> None:
    """The body of `if TYPE_CHECKING` never runs; its `else` always does."""
    source = f"if {test}:\n    from .a import A\n    B = A\nelse:\n    from .c import C\n"
    effects = effects_of(ast.parse(source).body[0], package="pkg", future_annotations=False)
    assert effects.binds == {"C"}
    assert [imported.module for imported in effects.imports] == ["pkg.c"]
    assert "A" not in effects.reads


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("{}", "dict()", True),
        ("[]", "list()", True),
        ("set()", "set()", True),
        ("collections.deque()", "deque()", True),
        ("defaultdict(list)", "defaultdict(list)", True),
        ("defaultdict(list)", "defaultdict(set)", False),
        ("{}", "[]", False),
        ("{}", "{1: 2}", False),
        ("dict(a=1)", "dict(a=1)", False),
        ("build()", "build()", False),
    ],
)
def test_empty_containers_are_told_by_their_kind(one: str, other: str, same: bool) -> None:
    """Two ways to write the same empty container are one kind; anything else is none."""
    first, second = (empty_container(ast.parse(text, mode="eval").body) for text in (one, other))
    assert (first is not None and first == second) is same
