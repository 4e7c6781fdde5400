"""Files other than modules: what is cold, what is a note, what is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from upward_asgi.appup.artefacts import artefacts_verdict
from upward_asgi.appup.verdict import Verdict

Files = dict[str, str]


def compared(folder: Path, old: Files, new: Files, packages: list[str] | None = None) -> Verdict:
    for side, files in (("old", old), ("new", new)):
        (folder / side).mkdir()
        for name, text in files.items():
            (folder / side / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / side / name).write_text(text)
    return artefacts_verdict(folder / "old", folder / "new", packages)


@pytest.mark.parametrize(
    "path",
    [
        "board/_speed.cpython-311-x86_64-linux-gnu.so",
        "board/_speed.pyd",
        "_top.so",
        "board.libs/libz.dylib",
    ],
)
@pytest.mark.parametrize(
    ("old", "new", "how"), [("1", "2", "changed"), (None, "2", "added"), ("1", None, "removed")]
)
def test_native(tmp_path: Path, path: str, old: str | None, new: str | None, how: str) -> None:
    """Native code that was changed, added or removed is cold, at its file."""
    sides = ({} if text is None else {path: text} for text in (old, new))
    (reason,) = compared(tmp_path, *sides).reasons
    assert (reason.code, reason.file) == ("native", path)
    assert f"was {how}" in reason.message


@pytest.mark.parametrize(
    "path",
    [
        "board/migrations/0002_more.py",
        "board/migrations/002.sql",
        "migrations/versions/ab12_more.py",
        "alembic/versions/ab12_more.py",
        "db/versions/2026/../ab12_more.py",
        "board/piccolo_migrations/x.py",
    ],
)
def test_migration(tmp_path: Path, path: str) -> None:
    """An added or changed migration is cold: Django's, Alembic's (found by its env.py) and plain SQL."""
    path = str(Path(path.replace("2026/../", "")))
    environments = {"alembic/env.py": "", "db/env.py": ""}
    (reason,) = compared(tmp_path, environments, {**environments, path: "x = 1"}).reasons
    assert (reason.code, reason.file) == ("migration", path)


def test_migration_changed(tmp_path: Path) -> None:
    """A changed statement in a migration is cold; a new comment or a removed migration is not."""
    old = {"b/migrations/1.py": "x = 1", "b/migrations/2.py": "x = 1", "b/migrations/3.py": "x = 1"}
    new = {"b/migrations/1.py": "x = 1  # one", "b/migrations/2.py": "x = 2", "b/migrations/4.py": "x = ("}
    verdict = compared(tmp_path, {**old, "b/migrations/4.py": "x = "}, new)
    assert [reason.file for reason in verdict.reasons] == ["b/migrations/2.py", "b/migrations/4.py"]


@pytest.mark.parametrize(
    "path",
    [
        "board/migrations/__init__.py",
        "board/versions/ab12.py",
        "board/app.py",
        "board/app.pyi",
        "board/py.typed",
    ],
)
def test_modules_are_not_artefacts(tmp_path: Path, path: str) -> None:
    """Modules are the diff's business; a `versions` package without an env.py beside it is one."""
    assert compared(tmp_path, {path: "x = 1"}, {path: "x = 2"}) == Verdict()


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "board-1.0.1.dist-info/RECORD",
        "board-1.0.1.dist-info/METADATA",
        "tests/data.json",
        "docs/index.md",
        ".github/workflows/ci.yml",
        "board/node_modules/x.js",
        "board/__pycache__/app.cpython-311.pyc",
        "board.egg-info/PKG-INFO",
    ],
)
def test_nothing(tmp_path: Path, path: str) -> None:
    """What no running process reads is not mentioned."""
    assert compared(tmp_path, {}, {path: "2"}) == Verdict()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("board/templates/page.txt", "template"),
        ("board/pages/page.html", "template"),
        ("board/static/app.css", "static"),
        ("board/static/dist/app.js", "static"),
        ("board/words.json", "package_data"),
        ("board/_speed.pyx", "native_source"),
        ("Dockerfile", "deployment"),
        ("deploy/Dockerfile.web", "deployment"),
        ("deploy/board.service", "deployment"),
        ("compose.yaml", "deployment"),
        ("board-1.0.1.dist-info/entry_points.txt", "deployment"),
    ],
)
def test_notes(tmp_path: Path, path: str, code: str) -> None:
    """Data is served from the release that runs, deployment files wait for a restart: a note, and hot."""
    verdict = compared(tmp_path, {path: "1"}, {path: "2"})
    assert verdict.hot
    assert [(note.code, note.file) for note in verdict.notes] == [(code, path)]
    assert verdict.notes[0].advice


def test_many_files_make_one_note(tmp_path: Path) -> None:
    """A kind is told once, with its first files and how many more."""
    verdict = compared(tmp_path, {"b/static/1": "x"}, {f"b/static/{number}": "y" for number in range(1, 7)})
    (note,) = verdict.notes
    expected = "static files: b/static/1 changed, b/static/2 added, b/static/3 added and 3 more"
    assert note.message == expected


def test_named_packages_only(tmp_path: Path) -> None:
    """With packages named, what else lies in the root does not count; a package may be called tests."""
    new = {"other/x.so": "", "tests/y.so": "", "_one.so": "", "two.so": ""}
    verdict = compared(tmp_path, {}, new, ["tests", "two"])
    assert [reason.file for reason in verdict.reasons] == ["tests/y.so", "two.so"]


def test_equal_trees(tmp_path: Path) -> None:
    """Equal files say nothing."""
    files = {"b/x.so": "1", "b/static/a.css": "1", "b/migrations/1.py": "x = 1"}
    assert compared(tmp_path, files, files) == Verdict()
