"""A registered function is what has its name now."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from upward_asgi.sessions.functions import function_now

RELEASE = """
def told():
    return "old"


class Ticker:
    def tick(self):
        return "old"


def maker():
    def inner():
        return "inner"
    return inner
"""


@pytest.fixture
def module() -> Iterator[Any]:
    """A module of a release, whose names a patch may bind anew."""
    made = ModuleType("a_module_of_functions")
    sys.modules[made.__name__] = made
    exec(RELEASE, vars(made))
    yield made
    del sys.modules[made.__name__]


def test_by_its_name(module: Any) -> None:
    """What stands under the name counts, in classes too; nothing is there when the name is gone."""
    told, tick = module.told, module.Ticker.tick
    assert function_now(told) is told
    exec(RELEASE, vars(module))
    assert function_now(told) is module.told is not told
    assert function_now(tick) is module.Ticker.tick is not tick
    del module.told
    assert function_now(told) is None
    module.told = "no function"
    assert function_now(told) is None


def test_a_method_of_an_object(module: Any) -> None:
    """A bound method is the one that its object has now."""
    ticker = module.Ticker()
    bound = ticker.tick
    module.Ticker.tick = lambda self: "new"
    assert function_now(bound)() == "new"
    del module.Ticker.tick
    assert function_now(bound) is None


def test_what_has_no_name_in_a_module(module: Any) -> None:
    """Inner functions, lambdas and partials are returned as they are."""
    for function in (module.maker(), lambda: None, functools.partial(module.told)):
        assert function_now(function) is function
