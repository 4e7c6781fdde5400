"""What a change would do, before anything is touched."""

from __future__ import annotations

import zipfile

import pytest


def wheel(wheels, version):
    return wheels / f"shop-{version}-py3-none-any.whl"


def test_a_hot_plan_is_status_0(upward, wheels) -> None:
    """Two wheels: the plan in words, and as a document with the hops' appups."""
    pair = wheel(wheels, "1.0.0"), wheel(wheels, "1.0.1")
    told = upward("plan", *pair)
    assert told.status == 0
    assert "HOT" in told.out
    assert "price" in told.out
    plan = upward("plan", *pair, "--json").json
    assert (plan["from"], plan["to"], plan["hot"], plan["verdict"]) == ("1.0.0", "1.0.1", True, "hot")
    assert [hop["new"] for hop in plan["hops"]] == ["1.0.1"]


def test_a_new_base_is_cold(upward, wheels) -> None:
    """A minor release is cold by its version alone, however small its change: status 2, with the reason."""
    ended = upward("plan", wheel(wheels, "1.0.0"), wheel(wheels, "1.1.0"), "--json")
    assert ended.status == 2
    assert ended.json["verdict"] == "cold"
    assert [reason["code"] for reason in ended.json["reasons"]] == ["not_a_patch_release"]
    assert "COLD" in upward("plan", wheel(wheels, "1.0.0"), wheel(wheels, "1.1.0")).out


def test_a_project_and_an_unpacked_tree_are_releases_too(upward, project, wheels, tmp_path) -> None:
    """Each side may be a wheel, an unpacked tree, or a project."""
    tree = tmp_path / "tree"
    with zipfile.ZipFile(wheel(wheels, "1.0.0")) as opened:
        opened.extractall(tree)
    ended = upward("plan", tree, project("1.0.1"), "--json")
    assert ended.status == 0
    assert (ended.json["from"], ended.json["to"]) == ("1.0.0", "1.0.1")


def test_versions_of_a_store_are_planned_through_the_hops(upward, store) -> None:
    """With --store, OLD and NEW are versions; the releases in between are gone through."""
    ended = upward("plan", "1.0.0", "1.0.2", "--store", store, "--json")
    assert ended.status == 0
    assert [(hop["old"], hop["new"]) for hop in ended.json["hops"]] == [
        ("1.0.0", "1.0.1"),
        ("1.0.1", "1.0.2"),
    ]


def test_the_way_back_is_a_plan_too(upward, store, wheels) -> None:
    """NEW may be the older one."""
    ended = upward("plan", "1.0.2", "1.0.0", "--store", store, "--json")
    assert (ended.status, ended.json["from"], ended.json["to"]) == (0, "1.0.2", "1.0.0")
    assert [hop["new"] for hop in ended.json["hops"]] == ["1.0.2", "1.0.1"]
    back = upward("plan", wheel(wheels, "1.0.1"), wheel(wheels, "1.0.0"))
    assert back.status == 0
    assert "1.0.1 → 1.0.0" in back.out


def test_a_version_against_a_project(upward, store, project) -> None:
    """One side from the store, the other from disk."""
    ended = upward("plan", "1.0.0", project("1.0.1"), "--store", store, "--json")
    assert (ended.status, ended.json["to"]) == (0, "1.0.1")


@pytest.mark.parametrize(
    ("old", "new", "status", "code"),
    [
        ("1.0.0", "9.9.9", 1, "unknown_release"),
        ("1.0.0", "1.0.0", 2, "nothing_newer"),
        ("1.0.0", "1.1.0", 2, "not_a_patch_release"),
        ("1.0.0", "x y", 1, "bad_request"),
    ],
)
def test_versions_that_make_no_plan(upward, store, old, new, status, code) -> None:
    """Each says why."""
    ended = upward("plan", old, new, "--store", store, "--json")
    assert (ended.status, ended.json["error"]["code"]) == (status, code)


def test_what_is_no_release_is_an_error(upward, wheels, tmp_path) -> None:
    """A missing path, an empty folder, two of one version, two distributions."""
    base = wheel(wheels, "1.0.0")
    (tmp_path / "empty").mkdir()
    (tmp_path / "both").mkdir()
    for name in ("a-1.dist-info", "b-1.dist-info"):
        (tmp_path / "both" / name).mkdir()
    for other in (tmp_path / "none", tmp_path / "empty", tmp_path / "both", base):
        ended = upward("plan", base, other, "--json")
        assert (ended.status, ended.json["error"]["code"]) == (1, "bad_project")


def test_a_release_that_does_not_parse_is_an_error(upward, project, wheels) -> None:
    """It names file and line."""
    broken = project("1.0.1", "def price(:\n")
    ended = upward("plan", wheel(wheels, "1.0.0"), broken)
    assert ended.status in (1, 2)
    assert "shop/__init__.py" in ended.out + ended.err


def test_check_is_the_plan_against_the_last_release(upward, project, wheels, store) -> None:
    """The newest patch before it among the wheels, in a store, or the one named."""
    source = project("1.0.2")
    for option in (("--releases", wheels), ("--store", store), ("--previous", wheel(wheels, "1.0.1"))):
        ended = upward("check", source, *option, "--json")
        assert (ended.status, ended.json["from"], ended.json["to"]) == (0, "1.0.1", "1.0.2")


def test_a_cold_project_fails_the_check(upward, project, wheels) -> None:
    """Status 2 stops a CI job; the reason names file and line."""
    source = project("1.0.1")
    text = (source / "pyproject.toml").read_text()
    (source / "pyproject.toml").write_text(f'{text}dependencies = ["surely-missing>=1"]\n')
    ended = upward("check", source, "--releases", wheels, "--json")
    assert ended.status == 2
    assert ended.json["reasons"]


def test_a_new_base_has_nothing_to_check_against(upward, project, wheels) -> None:
    """That is said, and is no failure."""
    ended = upward("check", project("1.1.0"), "--releases", wheels, "--json")
    assert (ended.status, ended.json) == (0, {"version": "1.1.0", "base": True, "hot": None})
