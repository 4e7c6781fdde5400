"""Living functions become their new selves: same object, new code and definition."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest

from upward_asgi.patch.functions import can_become, forward, functions_under, redefine, same_definition
from upward_asgi.patch.journal import Journal


def _make(source: str, name: str = "f", namespace: dict[str, Any] | None = None) -> Any:
    namespace = {"__name__": "made"} if namespace is None else namespace
    exec(compile(source, "made.py", "exec", dont_inherit=True), namespace)
    return namespace[name]


def test_a_redefined_function_is_the_new_one_for_every_holder() -> None:
    """Code, defaults, annotations and docstring are the new ones; what others stamped on it stays."""
    old = _make("def f(a, b=1, *, c=2): 'old'; return a, b, c")
    new = _make("def f(a: int, b=10, *, d=20):\n  'new'\n  return 'new', a, b, d")
    old.stamped = held = object()
    bound = functools.partial(old, 0)
    journal = Journal()
    redefine(journal, old, new, new.__code__)
    assert bound() == ("new", 0, 10, 20)
    assert (old.__defaults__, old.__kwdefaults__, old.__annotations__) == ((10,), {"d": 20}, {"a": int})
    assert old.__doc__ == "new"
    assert old.stamped is held


KINDS = ["def f(): return 1", "def f(): yield 1", "async def f(): return 1", "async def f(): yield 1"]


@pytest.mark.parametrize("new", KINDS)
@pytest.mark.parametrize("old", KINDS)
def test_a_function_may_become_one_of_another_kind(old: str, new: str) -> None:
    """Plain, generator, coroutine: without a warning, which may be an error to a service."""
    function, other = _make(old), _make(new)
    before = function.__code__
    journal = Journal()
    redefine(journal, function, other, other.__code__)
    assert function.__code__ is other.__code__
    assert inspect.iscoroutinefunction(function) is inspect.iscoroutinefunction(other)
    journal.undo()
    assert function.__code__ is before


def test_undoing_a_redefinition_brings_everything_back() -> None:
    """After the undo the function is called and introspected as before."""
    old = _make("def f(a, b=1, *, c=2): return a, b, c")
    new = _make("def f(x: int): return x")
    before = (
        old.__code__,
        old.__defaults__,
        dict(old.__kwdefaults__),
        dict(old.__annotations__),
        old.__doc__,
    )
    journal = Journal()
    redefine(journal, old, new, new.__code__)
    journal.undo()
    after = (old.__code__, old.__defaults__, dict(old.__kwdefaults__), dict(old.__annotations__), old.__doc__)
    assert after == before
    assert old(1) == (1, 1, 2)


def test_a_function_cannot_become_one_with_other_free_variables() -> None:
    """A closure's cells are fixed for its life."""
    plain = _make("def f(): return 1")
    closure = _make("def outer():\n  n = 1\n  def f(): return n\n  return f\nf = outer()")
    assert can_become(plain, plain.__code__)
    assert not can_become(plain, closure.__code__)
    assert not can_become(closure, plain.__code__)


@pytest.mark.parametrize(
    "old",
    [
        "def f(a): return 'old'",
        "def outer():\n  n = 1\n  def f(a): return n\n  return f\nf = outer()",
        "class C:\n  def g(self): return __class__\nf = C.g",
    ],
    ids=["plain", "closure", "class cell"],
)
def test_a_forwarding_function_passes_every_argument_on(old: str) -> None:
    """Whoever holds the old function reaches the new one, by position and by keyword."""
    held, target = _make(old), _make("def f(a, *args, k=0, **kwargs): return a, args, k, kwargs")
    journal = Journal()
    forward(journal, held, target)
    assert held(1, 2, k=3, z=4) == (1, (2,), 3, {"z": 4})
    assert held.__wrapped__ is target
    journal.undo()
    assert not hasattr(held, "__wrapped__")
    assert held.__kwdefaults__ is None


def test_a_forwarder_keeps_its_name_for_tracebacks() -> None:
    """The code of a forwarder is named as the function was."""
    held, target = _make("def f(): return 1"), _make("def f(): return 2")
    forward(Journal(), held, target)
    assert held.__code__.co_name == "f"
    assert held.__code__.co_qualname == "f"


def test_one_definition_is_told_by_qualified_name_and_module() -> None:
    """Functions of one name in two modules are two definitions."""
    namespace: dict[str, Any] = {"__name__": "one"}
    first = _make("def f(): return 1", namespace=namespace)
    again = _make("def f(): return 2", namespace=namespace)
    elsewhere = _make("def f(): return 2")
    assert same_definition(first, again)
    assert not same_definition(first, elsewhere)
    assert not same_definition(first, len)


def _wrapping(f: Callable[[], object]) -> Callable[[], object]:
    @functools.wraps(f)
    def wrapper() -> object:
        return f()

    return wrapper


@pytest.mark.parametrize(
    "wrap",
    [
        lambda f: f,
        _wrapping,
        lambda f: _wrapping(_wrapping(f)),
        staticmethod,
        classmethod,
        property,
        functools.partial,
        functools.partialmethod,
        functools.cached_property,
        functools.lru_cache,
        functools.singledispatch,
    ],
    ids=lambda wrap: getattr(wrap, "__name__", "made"),
)
def test_a_function_is_found_under_what_decorators_made_of_it(wrap: Callable[[Any], object]) -> None:
    """Wrappers, descriptors and caches show the function that they hold."""

    def target(*_: object) -> int:
        return 1

    assert target in list(functions_under(wrap(target)))


def test_looking_for_functions_runs_no_code_of_the_application() -> None:
    """Objects whose attributes raise are looked at without a call."""

    class Hostile:
        def __getattr__(self, name: str) -> object:
            raise AssertionError("the application's code ran")

        @property
        def __wrapped__(self) -> object:
            raise AssertionError("the application's code ran")

    hostile = Hostile()

    def target() -> int:
        return 1

    hostile.__dict__["f"] = target
    assert list(functions_under(hostile)) == [target]


def test_functions_that_hold_each_other_are_found_once() -> None:
    """A cycle of wrappers ends."""

    def one() -> None: ...

    def two() -> None: ...

    one.other, two.other = two, one  # type: ignore[attr-defined]
    found = list(functions_under(one))
    assert found == [one, two]
    assert all(isinstance(f, FunctionType) for f in found)
