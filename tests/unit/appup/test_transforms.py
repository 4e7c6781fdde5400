"""Transforms: run in a child interpreter, in order, validated after each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.appup.instructions import Apply, Instruction, PatchFunction
from upward_asgi.appup.settings import TransformUse
from upward_asgi.appup.transform_checks import tree_check
from upward_asgi.appup.transforms import ApplyAfter, Transform, run_transforms
from upward_asgi.appup.trees import read_tree
from upward_asgi.errors import TransformError

OLD, NEW = Version("1.0.2"), Version("1.0.3")
UP = (PatchFunction("board.core", "total"),)
DOWN = (PatchFunction("board.core", "total"), PatchFunction("board", "main"))
T = TransformUse("passes:T")
HEAD = """
from upward_asgi.appup.instructions import *
class Same:
    def up(self, app, v1, v2, instructions, opts): return instructions
    def down(self, app, v1, v2, instructions, opts): return instructions
"""

Run = Callable[..., tuple[tuple[Instruction, ...], tuple[Instruction, ...]]]


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def old(tmp_path: Path) -> Path:
    files = {
        "board/__init__.py": "def main(): ...\n",
        "board/core.py": "def total(): ...\n",
        "board/gone.py": "",
    }
    return write(tmp_path / "old", files)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    files = {"board/__init__.py": "", "board/core.py": "def total(): return 1\ndef refresh(): ...\n"}
    return write(tmp_path / "new", {**files, "board/fresh.py": "from .core import *\n"})


@pytest.fixture
def run(old: Path, new: Path) -> Run:
    def run_with(source: str, *uses: TransformUse, timeout: float = 30.0):
        write(new, {"passes.py": HEAD + source})
        check = tree_check(read_tree(old), read_tree(new))
        options = {"app": "board", "old": OLD, "new": NEW, "root": new, "check": check, "timeout": timeout}
        return run_transforms(uses or (T,), UP, DOWN, **options)

    return run_with


def adding(step: str, way: str = "up") -> str:
    """A transform that adds one instruction on one way."""
    return f"class T(Same):\n  def {way}(self, *args): return [*args[3], {step}]\n"


def test_no_transforms(tmp_path: Path) -> None:
    """Without transforms nothing is started and the instructions are those that came in."""
    options = {"app": "board", "old": OLD, "new": NEW, "root": tmp_path / "missing"}
    assert run_transforms((), UP, DOWN, check=lambda way, step: None, **options) == (UP, DOWN)


def test_arguments(run: Run) -> None:
    """Both methods get the app, the older and the newer version, their way's instructions and the options."""
    up, down = run(
        """
class T(Same):
    def up(self, *args): return self.note("up", *args)
    def down(self, *args): return self.note("down", *args)
    def note(self, way, app, v1, v2, instructions, opts):
        assert v1 < v2
        words = [way, app, v1, v2, len(instructions), opts["x"]]
        return [*instructions, DeleteDefinition("board", " ".join(map(str, words)))]
""",
        TransformUse("passes:T", {"x": [1]}),
    )
    assert up[:-1] == UP
    assert down[:-1] == DOWN
    assert up[-1].target == "board:up board 1.0.2 1.0.3 1 [1]"
    assert down[-1].target == "board:down board 1.0.2 1.0.3 2 [1]"


def test_order(run: Run) -> None:
    """Transforms run in the order of the settings, each on the result of the one before."""
    source = """
class First(Same):
    def up(self, app, v1, v2, instructions, opts): return [*instructions, Apply("board.core", "refresh")]
class Second(Same):
    def up(self, app, v1, v2, instructions, opts): return list(reversed(instructions))
second = Second()
"""
    up, down = run(source, TransformUse("passes:First"), TransformUse("passes:second"))
    assert up == (Apply("board.core", "refresh"), *UP)
    assert down == DOWN


def test_new_release_is_what_it_imports(run: Run) -> None:
    """A transform imports the new release's modules, and this process imports none of them."""
    before = set(sys.modules)
    up, _ = run(
        """
import inspect, board.core
class T(Same):
    def up(self, app, v1, v2, instructions, opts):
        return [Apply("board.core", "refresh")] if board.core.total() == 1 else []
"""
    )
    assert up == (Apply("board.core", "refresh"),)
    assert not {"board", "board.core", "passes"} & (set(sys.modules) - before)


def test_no_bytecode_is_left(run: Run, new: Path) -> None:
    """The release's tree is as it was afterwards."""
    run("import board.core\nT = Same\n")
    assert not list(new.rglob("__pycache__"))


def test_prints_do_not_matter(run: Run) -> None:
    """What a transform prints does not get between its instructions."""
    source = "import os\nprint('{}')\nos.write(1, b'noise')\n"
    assert run(f"{source}class T(Same):\n  def up(self, *a): print('x'); return a[3]\n") == (UP, DOWN)


@pytest.mark.parametrize(
    ("source", "direction", "message"),
    [
        ("", "load", "AttributeError: module 'passes' has no attribute 'T'"),
        ("import nothing_like_it", "load", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "load", "SystemExit: 3"),
        ("class T: up = None", "load", "no `up` on"),
        ("class T:\n  def up(self): ...", "load", "no `down` on"),
        ("class T(Same):\n  def __init__(self, x): ...", "load", "TypeError"),
        ("class T(Same):\n  def up(self): ...", "up", "TypeError"),
        (
            "class T(Same):\n  def down(self, *a): 1 / 0",
            "down",
            r"ZeroDivisionError: .* \(passes.py, line 7\)",
        ),
        ("class T(Same):\n  def up(self, *a): return None", "up", "a list of instructions, got None"),
        ("class T(Same):\n  def up(self, *a): return 'abc'", "up", "a list of instructions, got 'abc'"),
    ],
)
def test_broken(run: Run, source: str, direction: str, message: str) -> None:
    """A transform that cannot be loaded, raises or returns no list is named with its direction."""
    with pytest.raises(TransformError, match=message) as caught:
        run(source)
    assert (caught.value.transform, caught.value.direction) == ("passes:T", direction)
    assert caught.value.instruction is None


def test_ends_its_process(run: Run) -> None:
    """A transform that ends its process is blamed, and this one lives on."""
    with pytest.raises(TransformError, match=r"exit status 7, bye\) from passes:T.down"):
        run("import os\nclass T(Same):\n  def down(self, *a): os.write(1, b'bye'); os._exit(7)")


def test_hangs(run: Run) -> None:
    """A transform that hangs is ended after the time limit and named."""
    with pytest.raises(TransformError, match=r"no answer within 6 s from passes:T.up"):
        run("import signal\nclass T(Same):\n  def up(self, *a): signal.pause()", timeout=6)


@pytest.mark.parametrize(
    ("step", "instruction", "message"),
    [
        ("42", "42", "instructions only, got a int"),
        ("ReplaceDefinition('board', object())", "ReplaceDefinition", "plain values"),
        ("ReplaceDefinition('board', 'x')", '"statement": "x"', "replace_definition.statement as"),
        ("ReplaceDefinition('board.core', 2)", "replace_definition board.core:statement 2", "from 0 to 1"),
        ("ReplaceDefinition('board.core', -1)", "replace_definition", "got statement -1"),
        ("RebuildApp('board.core', 'app', (0, 5))", "rebuild_app board.core:app", "got statement 5"),
        ("PatchFunction('bord', 'f')", "patch_function bord:f", "got module bord"),
        ("PatchFunction('board.gone', 'f')", "patch_function board.gone:f", "being gone to"),
        ("AddModule('board.core')", "add_module board.core", "a module that is new"),
        ("DeleteModule('board.core')", "delete_module board.core", "goes away"),
        ("RenameModule('nowhere', 'board.fresh')", "rename_module", "being left"),
        ("RenameModule('board.gone', 'nowhere')", "rename_module", "being gone to"),
        ("Apply('board.core', 'warm')", "apply board.core:warm", "a function that board.core defines"),
    ],
)
def test_bad_instruction(run: Run, step: str, instruction: str, message: str) -> None:
    """An instruction that is none, or does not fit the releases, is named with transform and direction."""
    with pytest.raises(TransformError, match=message) as caught:
        run(adding(step))
    assert (caught.value.transform, caught.value.direction) == ("passes:T", "up")
    assert caught.value.instruction is not None
    assert instruction in caught.value.instruction


@pytest.mark.parametrize(
    ("step", "way"),
    [
        ("AddModule('board.fresh')", "up"),
        ("DeleteModule('board.gone')", "up"),
        ("RenameModule('board.gone', 'board.fresh')", "up"),
        ("AddModule('board.gone')", "down"),
        ("ReplaceDefinition('board.core', 1)", "up"),
        ("RebuildApp('board.core', 'app', (0, 1))", "up"),
        ("Apply('board.fresh', 'refresh')", "up"),
        ("Apply('board', 'main')", "down"),
    ],
)
def test_good_instruction(run: Run, step: str, way: str) -> None:
    """Instructions that fit the release being gone to are taken as they are, star imports given credit."""
    up, down = run(adding(step, way))
    assert len({"up": up, "down": down}[way]) == len({"up": UP, "down": DOWN}[way]) + 1


def test_down_is_checked_against_the_older_release(run: Run) -> None:
    """On the way down the function must be in the older release, as it runs there."""
    with pytest.raises(TransformError, match=r"refresh from passes:T.down"):
        run(adding("Apply('board.core', 'refresh')", "down"))


def test_first_fault_is_told(run: Run) -> None:
    """The transform that made the bad instruction is blamed, not a later one that fell over it."""
    source = adding("AddModule('nowhere')") + "class U(Same):\n  def up(self, *a): 1 / 0\n"
    with pytest.raises(TransformError, match=r"nowhere from passes:T.up"):
        run(source, T, TransformUse("passes:U"))


def test_what_was_there_is_not_checked(old: Path, new: Path) -> None:
    """Only what a transform adds is its responsibility."""
    write(new, {"passes.py": HEAD + "T = Same\n"})
    odd = (PatchFunction("elsewhere", "f"),)
    check = tree_check(read_tree(old), read_tree(new))
    options = {"app": "board", "old": OLD, "new": NEW, "root": new}
    assert run_transforms([T], odd, (), check=check, **options) == (odd, ())


def after(**options: object) -> TransformUse:
    return TransformUse("upward_asgi.appup.transforms:ApplyAfter", options)


def test_apply_after(run: Run) -> None:
    """The shipped transform appends a call on the way up, on the way down, or both."""
    up, down = run("", after(up="board.core:refresh", down="board.core:total"))
    assert up == (*UP, Apply("board.core", "refresh"))
    assert down == (*DOWN, Apply("board.core", "total"))
    assert run("", after(down="board:main")) == (UP, (*DOWN, Apply("board", "main")))


def test_apply_after_one_release(run: Run) -> None:
    """With `release` it acts on the upgrade to that release only, and on the way back from it."""
    both = {"up": "board.core:refresh", "down": "board:main"}
    assert run("", after(**both, release="1.0.4")) == (UP, DOWN)
    up, down = run("", after(**both, release="1.0.3"))
    assert len(up) + len(down) == len(UP) + len(DOWN) + 2


@pytest.mark.parametrize("options", [{"upp": "a:b"}, {"up": "a.b"}, {"release": "soon"}])
def test_apply_after_options(run: Run, options: dict[str, object]) -> None:
    """A wrong option is a clear error."""
    with pytest.raises(TransformError, match=r"ApplyAfter.up"):
        run("", after(**options))


def test_protocol() -> None:
    """The shipped transform is what the protocol asks for, and can be called by hand."""
    transform: Transform = ApplyAfter()
    assert transform.up("board", OLD, NEW, UP, {"up": "a:b"}) == (*UP, Apply("a", "b"))
    assert transform.down("board", OLD, NEW, DOWN, {}) == DOWN
