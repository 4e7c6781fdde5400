"""The tree of errors is the one that is documented, and every error can be told apart by its code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from upward_asgi import errors
from upward_asgi.errors import BadSource, NotHot, OperationInProgress, TransformError, UpwardError

_LINE = re.compile(r"^(?P<indent>(?:[│ ]   )*)[├└]── (?P<names>[A-Z]\w+(?:, [A-Z]\w+)*)(?:  .*| .*)?$")


def documented() -> Iterator[tuple[str, str]]:
    """(class, its base), as the docstring of `errors` draws them."""
    assert errors.__doc__ is not None
    drawing = errors.__doc__.split("```")[1].strip("\n").splitlines()
    assert drawing[0] == "UpwardError"
    above = ["UpwardError"]
    for line in drawing[1:]:
        found = _LINE.match(line)
        assert found is not None, line
        depth = len(found["indent"]) // 4 + 1
        for name in found["names"].split(", "):
            yield name, above[depth - 1]
        del above[depth:]
        above.append(found["names"].split(", ")[-1])


def all_of(kind: type[UpwardError]) -> Iterator[type[UpwardError]]:
    """A class and everything below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from all_of(below)


def test_tree_is_the_documented_one() -> None:
    """What the docstring draws is exactly what is there."""
    real = {(kind.__name__, kind.__bases__[0].__name__) for kind in all_of(UpwardError)} - {
        ("UpwardError", "Exception")
    }
    drawn = list(documented())
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == real


def test_all_of_it_is_public() -> None:
    """`__all__` holds every error, sorted, and nothing that is not there."""
    names = {kind.__name__ for kind in all_of(UpwardError) if kind.__module__ == errors.__name__}
    assert set(errors.__all__) == names | {"Reasoned"}
    assert list(errors.__all__) == sorted(errors.__all__)


def test_codes_are_unique() -> None:
    """Every class has a code of its own, in plain lower case."""
    kinds = list(all_of(UpwardError))
    assert all("code" in vars(kind) for kind in kinds)
    codes = [kind.code for kind in kinds]
    assert sorted(set(codes)) == sorted(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_every_error_says_what_it_is() -> None:
    """Each has a docstring of its own."""
    assert all(kind.__dict__.get("__doc__") for kind in all_of(UpwardError))


@pytest.mark.parametrize("kind", [k for k in all_of(UpwardError) if k.__init__ is UpwardError.__init__])
def test_message(kind: type[UpwardError]) -> None:
    """What was expected, what came, what to do."""
    error = kind(expected="a tree", got="a bush", do="plant a tree")
    assert str(error) == "expected a tree, got a bush; plant a tree"
    assert (error.expected, error.got, error.do) == ("a tree", "a bush", "plant a tree")


class _Reason:
    def __str__(self) -> str:
        return "board.py:3: bases changed"

    def to_json(self) -> dict[str, object]:
        return {"code": "bases"}


def test_errors_with_fields() -> None:
    """Those that build their message keep what they were built from."""
    hot = NotHot([_Reason(), _Reason()])
    assert len(hot.reasons) == 2
    assert str(hot).count("board.py:3: bases changed") == 2
    busy = OperationInProgress("op-7")
    assert busy.operation == "op-7"
    assert "op-7" in str(busy)
    source = BadSource(path="board.py", line=3, message="invalid syntax")
    assert (source.path, source.line) == ("board.py", 3)
    assert "invalid syntax in board.py, line 3" in str(source)
    transform = TransformError(
        transform="pkg:T",
        direction="up",
        instruction="patch_function m:f",
        expected="a list",
        got="None",
        do="return one",
    )
    assert str(transform) == "expected a list, got None from pkg:T.up at patch_function m:f; return one"
    assert (transform.transform, transform.direction) == ("pkg:T", "up")
