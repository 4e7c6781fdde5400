"""Reasons that speak of modules which a process has not imported."""

from __future__ import annotations

import pytest

from upward_asgi.appup.instructions import RenameModule
from upward_asgi.appup.moot import Moot, without_moot
from upward_asgi.appup.verdict import Reason, Verdict

STATE = Reason("live_state", "ROOMS would be replaced", "board/web.py", 3, "mark it")
PACKAGE = Reason("removed_effect", "`register()` ran", "board/ui/__init__.py", 1, "undo it")
MIGRATION = Reason("migration", "a migration was added", "board/migrations/0002.py", 1, "restart")


def test_a_reason_about_a_module_that_nobody_imported_is_a_note() -> None:
    """Those about imported modules stay, and so does what holds for every process."""
    verdict, moot = without_moot(Verdict((STATE, PACKAGE, MIGRATION)), (), {"board", "board.ui"})
    assert verdict.reasons == (PACKAGE, MIGRATION)
    assert [note.message for note in verdict.notes] == [
        "ROOMS would be replaced; the running service has not imported board.web"
    ]
    assert moot == (Moot("board.web", STATE),)


def test_every_module_is_imported() -> None:
    """Nothing is said then."""
    verdict = Verdict((STATE, PACKAGE))
    assert without_moot(verdict, (), {"board.web", "board.ui"}) == (verdict, ())


def test_a_renamed_module_is_looked_for_under_its_old_name() -> None:
    """The reason names the file of the new release; the process has the module of the old one."""
    renamed = (RenameModule("board.pages", "board.web"),)
    assert without_moot(Verdict((STATE,)), renamed, {"board.pages"})[1] == ()
    assert without_moot(Verdict((STATE,)), renamed, {"board"})[1] == (Moot("board.pages", STATE),)


@pytest.mark.parametrize("code", ["live_state", "removed_effect", "added_at_run_time", "startup"])
def test_only_start_up_code_may_not_be_imported_by_the_patch_either(code: str) -> None:
    """What the patch imports is the new release's, but start-up is over."""
    _, (moot,) = without_moot(Verdict((Reason(code, "it", "app.py"),)), (), set())
    assert moot.at_all is (code == "startup")
