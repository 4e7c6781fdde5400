"""Which settings a release changes, as far as its sources tell."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.admin.views import plan_to_json
from upward_asgi.appup import Appup, Settings, make_appup, render_plan
from upward_asgi.appup.config_changes import ConfigChanges
from upward_asgi.errors import InternalError

Plan = Callable[..., Appup]
CALLED = "\ndef changed(changed, new, removed):\n    pass\n"
NOTHING = ConfigChanges()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The appup between two packages `web`, given as the sources of their modules."""

    def write(name: str, files: Mapping[str, str]) -> Path:
        package = tmp_path / name / "web"
        package.mkdir(parents=True)
        for module, text in {"__init__": "", **files}.items():
            (package / f"{module}.py").write_text(textwrap.dedent(text))
        return package.parent

    def plan(
        old: Mapping[str, str] | str, new: Mapping[str, str] | str, *places: str, config_change: bool = True
    ) -> Appup:
        both = [{"config": text + CALLED} if isinstance(text, str) else text for text in (old, new)]
        settings = Settings(config_change="web.config:changed" if config_change else None, config=places)
        roots = write("old", both[0]), write("new", both[1])
        versions = {"old_version": Version("1.0.0"), "new_version": Version("1.0.1")}
        return make_appup(*roots, **versions, settings=settings)

    return plan


def test_upper_case_names(plan: Plan) -> None:
    """Names of the function's module come, go and change; what reads them changes with them."""
    found = plan(
        "LIMIT = 10\nTWICE = LIMIT * 2\nCOLOUR = 'red'\nKEPT = 1\n_INNER = 1\nlower = 1\n",
        "LIMIT = 20\nTWICE = LIMIT * 2\nSHAPE = 'round'\nKEPT = 1\n_INNER = 2\nlower = 2\n",
    )
    assert found.config == ConfigChanges(("LIMIT", "TWICE"), ("SHAPE",), ("COLOUR",))
    assert found.down_config == ConfigChanges(("LIMIT", "TWICE"), ("COLOUR",), ("SHAPE",))


def test_names_from_elsewhere(plan: Plan) -> None:
    """A setting that the module imports changes with its home."""
    config = "from .defaults import LIMIT\n" + CALLED
    found = plan({"config": config, "defaults": "LIMIT = 1\n"}, {"config": config, "defaults": "LIMIT = 2\n"})
    assert found.config == ConfigChanges(("LIMIT",))


def test_nothing_to_tell(plan: Plan) -> None:
    """A plan without changes has no section for them."""
    same = plan("LIMIT = 10\n", "LIMIT = 10\n")
    assert (same.config, same.down_config) == (NOTHING, NOTHING)
    assert "Settings" not in render_plan(same)


def test_nobody_to_tell(plan: Plan) -> None:
    """Where there is no `config_change`, nobody knows what the settings are."""
    assert plan("LIMIT = 10\n", "LIMIT = 20\n", config_change=False).config == NOTHING


OPTIONS = """
from dataclasses import dataclass, field
from typing import ClassVar

@dataclass
class Options:
    debug: bool = False
    hosts: list = field(default_factory=list)
    made: ClassVar[int] = 0
"""
HOSTS = "    hosts: list = field(default_factory=list)\n"


def test_an_object_that_lives_on(plan: Plan) -> None:
    """It keeps its values, and gains the fields that are new."""
    new = OPTIONS.replace("bool = False", "bool = True\n    region: str = 'eu'").replace(HOSTS, "")
    made = "\noptions = Options()\n"
    found = plan(OPTIONS + made, new + made, "web.config:options").config
    assert found == ConfigChanges(new=("options.region",))


def test_an_object_that_is_made_anew(plan: Plan) -> None:
    """All of its fields are compared, with what its own statement says."""
    found = plan(
        OPTIONS + "\noptions = Options(debug=False)\n",
        OPTIONS.replace(HOSTS, "") + "\noptions = Options(debug=True)\n",
        "web.config:options",
    )
    assert found.config == ConfigChanges(("options.debug",), (), ("options.hosts",))


BASE = """
class Base:
    def __init__(self):
        self.port = 80
"""
CONFIG = "from .options import own, table\n" + CALLED
ELSEWHERE = "from .base import Base\nclass Own(Base):\n    pass\nown = Own()\ntable = {}\n"


def test_other_kinds_of_objects(plan: Plan) -> None:
    """Dictionaries, attributes that `__init__` sets, bases in other modules, objects that are imported."""
    old = {"base": BASE, "options": ELSEWHERE.format("{'a': 1, 'b': 2}"), "config": CONFIG}
    new = {
        "base": BASE + "        self.host = 'here'\n",
        "options": ELSEWHERE.format("{'a': 3, 'c': 2}"),
        "config": CONFIG,
    }
    found = plan(old, new, "web.config:own", "web.config:table").config
    assert found == ConfigChanges(("table.a",), ("own.host", "table.c"), ("table.b",))


def test_in_the_plan(plan: Plan) -> None:
    """The text and the JSON list them, for each way its own; old appups without them are read."""
    found = plan("LIMIT = 10\nGONE = 1\n", "LIMIT = 20\nCAME = 1\n")
    section = "Settings, as far as the sources tell:\n  ~ LIMIT\n  + {}\n  - {}\n"
    assert section.format("CAME", "GONE") in render_plan(found)
    assert section.format("GONE", "CAME") in render_plan(found, down=True)
    names = {"changed": ["LIMIT"], "new": ["CAME"], "removed": ["GONE"]}
    assert plan_to_json([found])["config"] == names
    assert plan_to_json([found], Version("1.0.0"))["config"] == names | {"new": ["GONE"], "removed": ["CAME"]}
    assert Appup.loads(found.dumps()) == found
    older = {key: value for key, value in found.to_json().items() if not key.endswith("config")}
    assert Appup.from_json(older) == replace(found, config=NOTHING, down_config=NOTHING)
    with pytest.raises(InternalError, match=r"config\.new as names"):
        Appup.from_json(found.to_json() | {"config": {"new": [1]}})
