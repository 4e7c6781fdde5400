"""In the copy of a rehearsal `current` resolves to the release that is being gone to."""

from __future__ import annotations

import os
from pathlib import Path

from tests.forked import in_child
from upward_asgi.upgrade.shown_link import show_link


def test_resolves_to_the_shown_folder(tmp_path: Path) -> None:
    """Every way to resolve a path goes to the shown folder, any other link goes where it did."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    for link in ("current", "other"):
        (tmp_path / link).symlink_to("old")

    def work() -> list[str]:
        show_link(tmp_path / "current", tmp_path / "new")
        below = tmp_path / "current" / "app"
        ways = (below.resolve(), os.path.realpath(below), (tmp_path / "current").readlink())
        return [str(way) for way in (*ways, (tmp_path / "other" / "app").resolve())]

    new, old = tmp_path.resolve() / "new", tmp_path.resolve() / "old"
    expected = [str(new / "app"), str(new / "app"), str(new), str(old / "app")]
    assert in_child(work, tmp_path, limit=60) == expected
    assert (tmp_path / "current").resolve() == old
