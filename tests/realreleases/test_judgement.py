"""What the suite of real releases concludes: its own judgement must not be blind."""

from __future__ import annotations

import sys
import tomllib
import types
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from packaging.version import Version

HERE = Path(__file__).parent


def _load(name: str, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    spec = spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def snapshot(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    return _load("snapshot", monkeypatch)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    _load("snapshot", monkeypatch)
    _load("sources", monkeypatch)
    return _load("run", monkeypatch)


OLD = """
import functools
LIMIT = 10
TABLE = {"a": [1, 2]}
class Base: pass
class Shape(Base):
    sides = 3
    def area(self, scale=1): return scale * 2
    @property
    def name(self): return "shape"
def work(x: int) -> int: return x + 1
def outer():
    def inner(): return 1
    return inner
held = outer()
"""


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("LIMIT = 10", "LIMIT = 11", "planted:LIMIT"),
        ("[1, 2]", "[1, 3]", "planted:TABLE"),
        ("sides = 3", "sides = 4", "planted:Shape.sides"),
        ("scale * 2", "scale * 3", "planted:Shape.area@code"),
        ("scale=1", "scale=2", "planted:Shape.area@signature"),
        ('"shape"', '"form"', "planted:Shape.name.fget@code"),
        ("class Shape(Base)", "class Shape", "planted:Shape@mro"),
        ("x: int) -> int", "x: str) -> int", "planted:work@signature"),
        ("return 1", "return 2", "planted:held@code"),
        ("LIMIT = 10", "LIMIT = 10; MORE = 1", "planted:names"),
    ],
)
def test_a_difference_shows(
    snapshot: types.ModuleType, monkeypatch: pytest.MonkeyPatch, old: str, new: str, path: str
) -> None:
    """Each kind of edit, planted in a small module, is a difference under the path of what was edited."""
    before = _taken(snapshot, monkeypatch, OLD)
    after = _taken(snapshot, monkeypatch, OLD.replace(old, new))
    assert path in [line.partition(": ")[0] for line in snapshot.differences(before, after)]


def test_the_same_source_twice_has_no_difference(
    snapshot: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two loads of one source look the same, though every object is another one."""
    assert not snapshot.differences(_taken(snapshot, monkeypatch, OLD), _taken(snapshot, monkeypatch, OLD))


def test_a_stale_copy_shows(snapshot: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of the package that is not what its name stands for is told apart."""
    before = _taken(snapshot, monkeypatch, OLD)
    stale = sys.modules["planted"].Shape
    _taken(snapshot, monkeypatch, OLD)
    sys.modules["planted"].Again = stale
    after = snapshot.snapshot("planted", "/nowhere")
    assert after["planted:Again"] == "class planted.Shape (not what has that name)"
    assert before["planted:Shape"] == "class planted.Shape"


def _taken(snapshot: types.ModuleType, monkeypatch: pytest.MonkeyPatch, source: str) -> dict[str, str]:
    module = types.ModuleType("planted")
    monkeypatch.setitem(sys.modules, "planted", module)
    exec(compile(source, "/nowhere/planted.py", "exec"), module.__dict__)
    taken: dict[str, str] = snapshot.snapshot("planted", "/nowhere")
    return taken


@pytest.mark.parametrize(
    ("outcomes", "good"),
    [
        (["equal"] * 20, True),
        (["equal"] * 17 + ["refused"] * 3, True),
        (["equal"] * 16 + ["refused"] * 4, False),
        (["equal"] * 19 + ["wrong"], False),
        (["equal"] * 19 + ["half-applied"], False),
        (["equal"] * 19 + ["error"], False),
    ],
)
def test_what_passes(run: types.ModuleType, outcomes: list[str], good: bool) -> None:
    """One wrong or half-applied result fails the suite, however many are equal; so do too many refusals."""
    rows = [
        {"up": {"outcome": up}, "down": {"outcome": down}}
        for up, down in zip(*[iter(outcomes)] * 2, strict=True)
    ]
    assert run.passed(rows) is good


def test_every_pair_is_a_patch_release_and_its_next() -> None:
    """The cases are x.y.Z and later patches of x.y, in order, at least sixty pairs, four of them short."""
    lines = tomllib.loads((HERE / "cases.toml").read_text())["line"]
    pairs = [pair for line in lines for pair in zip(line["versions"], line["versions"][1:], strict=False)]
    for old, new in ((Version(a), Version(b)) for a, b in pairs):
        assert old.release[:2] == new.release[:2]
        assert new.micro == old.micro + 1
    assert len(pairs) >= 60
    assert sum(len(line["versions"]) - 1 for line in lines if line.get("short")) == 4
    assert len({line["name"] for line in lines}) == len(lines)
