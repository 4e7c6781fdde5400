"""The equality proof from the command line: in child processes, for CI."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from upward_asgi.cli import main

COUNTED = "def build():\n    return [{value}]\n\n\nTABLE = build()\n"
HIDDEN = """
import sys

def rule():
    return {value}

class Meta(type):
    def __init__(cls, *args):
        super().__init__(*args)
        sys.{place} = rule()

class Thing(metaclass=Meta):
    pass

COPY = sys.{place}
sys.{place} = None
"""


def wheel(folder: Path, version: str) -> Path:
    return folder / f"shop-{version}-py3-none-any.whl"


@pytest.fixture
def build(tmp_path: Path, project, capsys: pytest.CaptureFixture[str]):
    """Builds wheels of one module into a folder of this test's own."""

    def build(version: str, source: str) -> Path:
        status = main(["build", str(project(version, source)), "--out", str(tmp_path / "dist")])
        assert status == 0, capsys.readouterr()
        capsys.readouterr()
        return wheel(tmp_path / "dist", version)

    return build


def test_a_hot_and_equal_release_is_status_0(upward, wheels) -> None:
    """Started, patched, compared; the calling process never has the application."""
    pair = wheel(wheels, "1.0.0"), wheel(wheels, "1.0.1")
    ended = upward("plan", "--prove", *pair, "--json")
    assert ended.status == 0
    proof = ended.json["proof"]
    assert proof["equal"] is True
    (hop,) = proof["hops"]
    assert (hop["from"], hop["to"], hop["modules"], hop["failed"], hop["reasons"]) == (
        "1.0.0",
        "1.0.1",
        1,
        {},
        [],
    )
    assert "proof 1.0.0 → 1.0.1: equal to a fresh start (1 module(s)" in upward("plan", "--prove", *pair).out
    assert "shop" not in sys.modules


def test_the_way_back_is_proved_too(upward, wheels) -> None:
    """NEW may be the older one."""
    ended = upward("plan", "--prove", wheel(wheels, "1.0.1"), wheel(wheels, "1.0.0"), "--json")
    (hop,) = ended.json["proof"]["hops"]
    assert (ended.status, hop["from"], hop["to"], hop["equal"]) == (0, "1.0.1", "1.0.0", True)


def test_trees_projects_and_stores_are_proved_like_wheels(upward, wheels, project, store, tmp_path) -> None:
    """As for a plan; a way through several releases is proved hop by hop."""
    tree = tmp_path / "tree"
    with zipfile.ZipFile(wheel(wheels, "1.0.0")) as opened:
        opened.extractall(tree)
    mixed = upward("plan", "--prove", tree, project("1.0.1"), "--json")
    assert (mixed.status, mixed.json["proof"]["equal"]) == (0, True)
    ended = upward("plan", "--prove", "1.0.2", "1.0.0", "--store", store, "--json")
    hops = [(hop["from"], hop["to"], hop["equal"]) for hop in ended.json["proof"]["hops"]]
    assert (ended.status, hops) == (0, [("1.0.2", "1.0.1", True), ("1.0.1", "1.0.0", True)])


def test_what_depends_on_changed_code_is_named(upward, build) -> None:
    """A table that a changed function built is made anew, and the proof says so."""
    pair = build("1.0.0", COUNTED.format(value=1)), build("1.0.1", COUNTED.format(value=2))
    ended = upward("plan", "--prove", *pair, "--json")
    assert ended.status == 0
    assert ended.json["proof"]["hops"][0]["rebuilt"] == ["shop:TABLE"]
    assert "made anew     shop:TABLE" in upward("plan", "--prove", *pair).out


def test_a_release_that_does_not_become_equal_is_status_2(upward, build) -> None:
    """What the plan cannot see and the proof cannot mend: status 2, with the difference as the reason."""
    old, new = (HIDDEN.format(value=value, place="upward_test_place") for value in (1, 2))
    ended = upward("plan", "--prove", build("1.0.0", old), build("1.0.1", new), "--json")
    assert upward("plan", build("1.0.0", old), build("1.0.1", new)).status == 0
    assert (ended.status, ended.json["hot"], ended.json["verdict"]) == (2, False, "cold")
    assert ended.json["proof"]["equal"] is False
    assert {reason["code"] for reason in ended.json["reasons"]} == {"differs_from_fresh_start"}
    assert "shop:COPY" in str(ended.json["reasons"])


def test_a_cold_release_is_not_started(upward, wheels) -> None:
    """The plan's own reasons are enough."""
    ended = upward("plan", "--prove", wheel(wheels, "1.0.0"), wheel(wheels, "1.1.0"), "--json")
    assert ended.status == 2
    assert "proof" not in ended.json


def test_a_release_that_breaks_at_import_is_status_2(upward, build) -> None:
    """A new release that exits when it is imported is found in a child."""
    old = build("1.0.0", "def price():\n    return 1\n")
    new = build("1.0.1", "import os\n\n\ndef price():\n    return 2\n\n\nos._exit(7)\n")
    ended = upward("plan", "--prove", old, new, "--json")
    assert ended.status == 2
    assert "status 7" in str(ended.json["reasons"])


def test_modules_that_do_not_import_are_named(upward, build) -> None:
    """Without `--import` they are said; named by `--import`, one that fails is an error."""
    source = "import not_installed_anywhere\n\n\ndef price():\n    return {value}\n"
    pair = build("1.0.0", source.format(value=1)), build("1.0.1", source.format(value=2))
    ended = upward("plan", "--prove", *pair, "--json")
    assert (ended.status, list(ended.json["proof"]["hops"][0]["failed"])) == (0, ["shop"])
    assert "not imported  shop: ModuleNotFoundError" in upward("plan", "--prove", *pair).out
    named = upward("plan", "--prove", *pair, "--import", "shop", "--json")
    assert (named.status, named.json["error"]["code"]) == (1, "release_does_not_import")


def test_import_alone_is_a_wrong_command_line(upward, wheels) -> None:
    """It would silently do nothing."""
    pair = wheel(wheels, "1.0.0"), wheel(wheels, "1.0.1")
    assert upward("plan", *pair, "--import", "shop").status == 1
    assert "--prove" in upward("plan", *pair, "--import", "shop").err


def test_check_proves_a_project_against_its_last_release(upward, project, wheels) -> None:
    """One command for CI."""
    ended = upward("check", "--prove", project("1.0.2"), "--releases", wheels, "--json")
    assert (ended.status, ended.json["from"], ended.json["proof"]["equal"]) == (0, "1.0.1", True)
