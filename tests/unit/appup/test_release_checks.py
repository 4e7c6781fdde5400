"""All checks of two releases that need no look at how their code differs."""

from __future__ import annotations

from pathlib import Path

from upward_asgi.appup.release_checks import release_reasons
from upward_asgi.appup.settings import Settings
from upward_asgi.appup.trees import read_tree


def release(root: Path, requirement: str, files: dict[str, str]) -> Path:
    metadata = f"Name: board\nRequires-Dist: {requirement}\n"
    for name, text in {"board-1.dist-info/METADATA": metadata, "board/app.py": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_everything_together(tmp_path: Path) -> None:
    """Requirements, artefacts and settings are judged in one verdict."""
    old = release(tmp_path / "old", "packaging", {})
    new = release(tmp_path / "new", "no-such-distribution-here", {"board/x.so": "", "board/a.html": ""})
    settings = Settings(keep=("board.app:GONE",), code_change="board.app:gone")
    verdict = release_reasons(old, new, settings)
    assert [reason.code for reason in verdict.reasons] == ["requirement", "native", "settings"]
    assert [note.code for note in verdict.notes] == ["template", "settings"]
    assert release_reasons(old, new, settings, tree=read_tree(new)) == verdict
    assert release_reasons(old, new, Settings(), packages=["other"]).reasons == verdict.reasons[:1]


def test_same_release(tmp_path: Path) -> None:
    """A release compared with itself is hot, with nothing to say."""
    root = release(tmp_path, "packaging", {"board/x.so": "", "board/a.html": ""})
    verdict = release_reasons(root, root, Settings())
    assert (verdict.reasons, verdict.notes) == ((), ())
