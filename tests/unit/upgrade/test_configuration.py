"""What an upgrade did to the settings, and how the application hears of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, make_dataclass
from types import ModuleType
from typing import Any

import pytest

from upward_asgi.appup import Settings
from upward_asgi.errors import CodeChangeError
from upward_asgi.upgrade.configuration import Watch


@dataclass
class Options:
    debug: bool = False
    hosts: list[str] = field(default_factory=list)


@pytest.fixture
def config() -> Iterator[Any]:
    """A module with settings; `heard` is what its function was called with."""
    module: Any = ModuleType("some_config")
    module.LIMIT, module._HIDDEN, module.helper, module.options = 10, 1, len, Options()
    module.heard = []
    module.changed = lambda *what: module.heard.append(what)
    sys.modules["some_config"] = module
    yield module
    del sys.modules["some_config"]


def watch(*places: str) -> Watch:
    return Watch(Settings(config_change="some_config:changed", config=places))


def test_upper_case_names(config: Any) -> None:
    """Without places, the upper-case names of the function's own module are the settings."""
    watching = watch()
    config.LIMIT, config.COLOUR = 20, "red"
    watching.tell()
    assert config.heard == [({"LIMIT": 20}, {"COLOUR": "red"}, [])]
    again = watch()
    del config.LIMIT
    assert again.tell().to_json() == {"changed": [], "new": [], "removed": ["LIMIT"]}


def test_nothing_changed(config: Any) -> None:
    """The function is not called when nothing is different."""
    assert not watch().tell()
    assert config.heard == []


def test_fields_of_an_object(config: Any) -> None:
    """An object's fields are settings; one changed in place counts."""
    watching = watch("some_config:options")
    config.options.hosts.append("here")
    watching.tell()
    assert config.heard == [({"options.hosts": ["here"]}, {}, [])]


def test_new_fields_get_what_a_fresh_object_has(config: Any) -> None:
    """A field that is new has the value that the new code gives a fresh object now; an undo takes it back."""
    watching = watch("some_config:options")
    port = field(default_factory=lambda: 8000 + 1)
    config.options.__class__ = make_dataclass("Options", [("port", int, port)], bases=(Options,))
    config.options.port = 0
    watching.tell()
    assert config.heard == [({}, {"options.port": 8001}, [])]
    assert config.options.port == 8001
    watching.undo()
    assert config.options.port == 0


def test_a_name_that_is_wrong(config: Any) -> None:
    """A function that is not there is an error of the release, with what to do."""
    watching = Watch(Settings(config_change="some_config:nothing"))
    config.LIMIT = 11
    with pytest.raises(CodeChangeError, match="correct the name"):
        watching.tell()
