"""Building, unpacking and listing releases, and choosing what boots."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest


def in_wheel(wheel: Path, name: str) -> dict:
    with zipfile.ZipFile(wheel) as opened:
        (found,) = (entry for entry in opened.namelist() if entry.endswith(f".dist-info/{name}"))
        return json.loads(opened.read(found))


def test_a_base_is_built_without_an_appup(upward, project, tmp_path) -> None:
    """The first release has nothing before it."""
    ended = upward("build", project(), "--out", tmp_path / "dist", "--json")
    assert ended.status == 0
    assert (ended.json["name"], ended.json["version"], ended.json["previous"]) == ("shop", "1.0.0", None)
    assert ended.json["hot"] is None
    assert Path(ended.json["wheel"]).is_file()


def test_a_patch_release_carries_its_appup(wheels) -> None:
    """The release before it was found among the wheels in --out."""
    appup = in_wheel(wheels / "shop-1.0.1-py3-none-any.whl", "appup.json")
    assert (appup["old"], appup["new"]) == ("1.0.0", "1.0.1")


def test_a_new_base_carries_none(wheels) -> None:
    """1.1.0 does not follow 1.0.2 hot."""
    with zipfile.ZipFile(wheels / "shop-1.1.0-py3-none-any.whl") as wheel:
        assert not any(name.endswith("appup.json") for name in wheel.namelist())


def test_the_release_before_can_be_named(upward, project, wheels, tmp_path) -> None:
    """--previous takes another wheel than the newest in --out."""
    previous = wheels / "shop-1.0.0-py3-none-any.whl"
    ended = upward("build", project("1.0.2"), "--out", tmp_path, "--previous", previous, "--json")
    assert ended.status == 0
    assert (ended.json["previous"], ended.json["hot"]) == ("1.0.0", True)


def test_building_says_whether_it_goes_hot(upward, project, wheels, tmp_path) -> None:
    """A person reads it in one line."""
    previous = wheels / "shop-1.0.0-py3-none-any.whl"
    ended = upward("build", project("1.0.1"), "--out", tmp_path, "--previous", previous)
    assert "goes hot after 1.0.0" in ended.out


@pytest.mark.parametrize("what", ["missing", "empty", "broken"])
def test_a_folder_that_is_no_project_is_refused(upward, tmp_path, what) -> None:
    """It says what was expected there."""
    folder = tmp_path / "project"
    if what != "missing":
        folder.mkdir()
    if what == "broken":
        (folder / "pyproject.toml").write_text("[build-system\n")
    ended = upward("build", folder, "--out", tmp_path / "dist", "--json")
    assert ended.status == 1
    assert ended.json["error"]["code"] in ("bad_project", "bad_settings")
    assert not (tmp_path / "dist").exists()


def test_the_first_release_unpacked_is_permanent(upward, wheels, tmp_path) -> None:
    """It boots without another word."""
    wheel = wheels / "shop-1.0.0-py3-none-any.whl"
    ended = upward("unpack", wheel, "--store", tmp_path / "store", "--json")
    assert ended.status == 0
    assert (ended.json["version"], ended.json["status"]) == ("1.0.0", "permanent")
    assert "permanent" in upward("unpack", wheel, "--store", tmp_path / "store").out


def test_the_store_lists_its_releases(upward, store) -> None:
    """Sorted by version; a list for machines, a table for people."""
    ended = upward("releases", "--store", store, "--json")
    versions = [release["version"] for release in ended.json]
    assert versions == ["1.0.0", "1.0.1", "1.0.2", "1.1.0"]
    rows = upward("releases", "--store", store).out.splitlines()
    assert rows[0].split() == ["VERSION", "STATUS", "BASE", "FAILED"]
    assert rows[4].split() == ["1.1.0", "unpacked", "1.1.0"]


def test_what_boots_next_can_be_chosen_without_a_server(upward, store) -> None:
    """The way to a new base."""
    ended = upward("permanent", "1.1.0", "--store", store, "--json")
    assert (ended.status, ended.json["version"], ended.json["status"]) == (0, "1.1.0", "permanent")
    assert "1.1.0" in upward("permanent", "1.1.0", "--store", store).out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("releases", "--store", "{tmp}/none"), "store_missing"),
        (("permanent", "9.9.9", "--store", "{store}"), "unknown_release"),
        (("permanent", "latest", "--store", "{store}"), "bad_request"),
        (("unpack", "{tmp}/none.whl", "--store", "{store}"), "bad_wheel"),
        (("unpack", "{tmp}/text-1.0.0-py3-none-any.whl", "--store", "{store}"), "bad_wheel"),
        (("releases", "--store", "{tmp}/corrupt"), "store_corrupt"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(upward, store, tmp_path, arguments, code) -> None:
    """Each names what was expected, what came and what to do, and leaves the register as it was."""
    (tmp_path / "text-1.0.0-py3-none-any.whl").write_text("no wheel")
    (tmp_path / "corrupt").mkdir()
    (tmp_path / "corrupt" / "RELEASES.json").write_text('{"format": 1, "rel')
    before = (store / "RELEASES.json").read_bytes()
    filled = [argument.format(tmp=tmp_path, store=store) for argument in arguments]
    ended = upward(*filled, "--json")
    assert ended.status == 1
    assert ended.json["error"]["code"] == code
    assert all(ended.json["error"][field] for field in ("expected", "got", "do", "message"))
    assert (store / "RELEASES.json").read_bytes() == before
    told = upward(*filled)
    assert (told.status, told.out) == (1, "")
    assert told.err.startswith("upward: expected ")
