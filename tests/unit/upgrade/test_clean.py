"""A release is imported from scratch in a child; how it fails there is told, and nothing happens here."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from upward_asgi.errors import ReleaseDoesNotImport
from upward_asgi.upgrade import clean
from upward_asgi.upgrade.clean import FreshStart, describe_fresh, describe_starts, import_fresh


def release(root: Path, **sources: str) -> Path:
    """A source tree with these modules."""
    root.mkdir(exist_ok=True)
    for name, source in sources.items():
        (root / f"{name}.py").write_text(source)
    return root


def refusal(root: Path, *modules: str, timeout: float = 20) -> str:
    """What `import_fresh` says against this release."""
    with pytest.raises(ReleaseDoesNotImport) as caught:
        import_fresh(root, modules, timeout=timeout)
    return str(caught.value)


def test_a_release_that_imports_leaves_no_trace(tmp_path: Path) -> None:
    """Neither this process nor the release's folder is changed: no module, no bytecode."""
    root = release(tmp_path / "new", traceless="VALUE = 1")
    assert import_fresh(root, ["traceless"], timeout=20) == {}
    assert "traceless" not in sys.modules
    assert [path.name for path in root.rglob("*")] == ["traceless.py"]


def test_an_exception_names_the_module_and_the_last_line(tmp_path: Path) -> None:
    """The first module imports, the second does not: it is the second that is named."""
    root = release(tmp_path / "new", good="", bad="import good\n\nVALUE = good.missing")
    said = refusal(root, "good", "bad")
    assert "bad of new" in said
    assert "AttributeError: module 'good' has no attribute 'missing'" in said
    assert "line 3" in said


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import sys; sys.exit(7)", "SystemExit: 7"),
        ("import os; os._exit(0)", "status 0"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import faulthandler; faulthandler._sigsegv()", "SIGSEGV"),
        ("def f(:\n", "SyntaxError"),
    ],
)
def test_every_other_bad_end_is_told_apart(tmp_path: Path, source: str, words: str) -> None:
    """Exits, crashes and syntax errors are each said in their own words."""
    said = refusal(release(tmp_path / "new", bad=source), "bad")
    assert "bad of new" in said
    assert words in said


def test_a_hang_is_ended_at_the_time_limit_and_its_place_is_shown(tmp_path: Path) -> None:
    """The message shows on which line the import stood."""
    root = release(tmp_path / "new", hangs="import threading\n\nthreading.Event().wait()\n")
    began = time.monotonic()
    said = refusal(root, "hangs", timeout=1)
    assert time.monotonic() - began < 5
    assert "hangs of new" in said
    assert "no end within 1 s" in said
    assert "line 3" in said


def test_processes_started_by_the_release_are_ended(tmp_path: Path) -> None:
    """A helper process that outlives the import would be a leak per rehearsal."""
    source = """
import os, pathlib, subprocess, sys
helper = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
pathlib.Path(__file__).with_name("pid").write_text(str(helper.pid))
"""
    root = release(tmp_path / "new", starts=source)
    import_fresh(root, ["starts"], timeout=20)
    pid = int((root / "pid").read_text())
    deadline = time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < deadline


def _runs(pid: int) -> bool:
    """False when the process is gone, or is a zombie that init has yet to reap."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_the_new_root_stands_where_the_old_one_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both importable, it is the new release that is imported, and the old one not at all."""
    old = release(tmp_path / "old", twin="VALUE = 'old'", only_old="")
    new = release(tmp_path / "new", twin="import sys\nassert sys.path.count('X') == 0\nVALUE = 'new'")
    monkeypatch.syspath_prepend(str(old))
    start = FreshStart(new, ("twin",), ("twin",), 20, replaces=old)
    assert describe_starts(start)[0]["twin:VALUE"] == "'new'"
    with pytest.raises(ReleaseDoesNotImport, match="only_old"):
        import_fresh(new, ["only_old"], timeout=20, replaces=old)


def test_a_tolerated_failure_is_noted(tmp_path: Path) -> None:
    """Real packages hold modules that cannot be imported; the others are described all the same."""
    root = release(tmp_path / "new", needs="import not_installed_anywhere", good="VALUE = 1")
    described = describe_fresh(root, ["needs", "good"], packages=["needs", "good"], timeout=20, tolerate=True)
    assert described["good:VALUE"] == "1"
    assert "not_installed_anywhere" in described["needs:.import"]
    assert not any(path.startswith("needs:") and path != "needs:.import" for path in described)


def test_descriptions_are_kept_per_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same content starts no second child; changed content does."""
    root = release(tmp_path / "new", kept="VALUE = 1")
    started: list[object] = []
    job = clean._job
    monkeypatch.setattr(clean, "_job", lambda start, **how: started.append(start) or job(start, **how))
    for _ in range(2):
        assert describe_fresh(root, ["kept"], packages=["kept"], timeout=20)["kept:VALUE"] == "1"
    assert len(started) == 1
    release(root, kept="VALUE = 2")
    assert describe_fresh(root, ["kept"], packages=["kept"], timeout=20)["kept:VALUE"] == "2"
    assert len(started) == 2


def test_two_releases_are_described_side_by_side(tmp_path: Path) -> None:
    """Each start gets its own description, in the order asked for."""
    one = FreshStart(release(tmp_path / "one", pair="VALUE = 1"), ("pair",), ("pair",), 20)
    two = FreshStart(release(tmp_path / "two", pair="VALUE = 2"), ("pair",), ("pair",), 20)
    assert [described["pair:VALUE"] for described in describe_starts(one, two)] == ["1", "2"]


def test_output_at_import_is_no_answer(tmp_path: Path) -> None:
    """What the release prints, and reads, at import does not disturb the child's report."""
    source = "import sys\nprint('noise' * 100_000)\nsys.stderr.write('more')\nREAD = sys.stdin.read()"
    root = release(tmp_path / "new", noisy=source)
    assert import_fresh(root, ["noisy"], timeout=20) == {}


def test_the_child_has_this_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that reads the environment at import sees that of this process."""
    monkeypatch.setitem(os.environ, "UPWARD_TEST_VALUE", "seen")
    root = release(tmp_path / "new", reads="import os\nVALUE = os.environ['UPWARD_TEST_VALUE']")
    assert describe_fresh(root, ["reads"], packages=["reads"], timeout=20)["reads:VALUE"] == "'seen'"
