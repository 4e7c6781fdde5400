"""The patch-release rule: x.y.Z goes hot, x.Y and X are new bases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from upward_asgi.versions import Down, base_of, hops, is_patch_of, same_line

VERSIONS = [Version(v) for v in ("1.0.0", "1.0.1", "1.0.2", "1.0.10", "1.1.0", "1.1.1", "2.0.0", "1!1.0.1")]
versions = st.builds(
    lambda epoch, major, minor, patch: Version(f"{epoch}!{major}.{minor}.{patch}"),
    *(st.integers(0, top) for top in (1, 2, 2, 12)),
)


class TestRule:
    @pytest.mark.parametrize(
        ("new", "old", "hot"),
        [
            ("1.0.1", "1.0.0", True),
            ("1.0.10", "1.0.9", True),
            ("1.0.3", "1.0.1", True),
            ("1.0.1", "1.0", True),
            ("1.0.1", "1.0.1rc1", True),
            ("1.0.1.post1", "1.0.1", True),
            ("0.4.1", "0.4.0", True),
            ("1.0.0", "1.0.0", False),
            ("1.0", "1.0.0", False),
            ("1.0.0", "1.0.1", False),
            ("1.1.0", "1.0.9", False),
            ("1.1.1", "1.0.0", False),
            ("2.0.0", "1.0.0", False),
            ("2.0.1", "1.0.0", False),
            ("1!1.0.1", "1.0.0", False),
            ("2026.11", "2026.10", False),
        ],
    )
    def test_is_patch_of(self, new: str, old: str, hot: bool) -> None:
        """Only a later release of the same epoch, major and minor version is a patch release."""
        assert is_patch_of(Version(new), Version(old)) is hot

    @given(versions, versions)
    def test_one_way_only(self, one: Version, other: Version) -> None:
        """On one line exactly one of two different releases is the patch; across lines none."""
        patches = [is_patch_of(one, other), is_patch_of(other, one)]
        assert patches.count(True) == (1 if same_line(one, other) and one != other else 0)

    def test_base_of(self) -> None:
        """A line is epoch, major and minor; what is left out is 0."""
        assert base_of(Version("1.2.3")) == (0, 1, 2)
        assert base_of(Version("3!1")) == (3, 1, 0)


class TestHops:
    @pytest.mark.parametrize(
        ("start", "goal", "expected"),
        [
            ("1.0.0", "1.0.1", ["1.0.1"]),
            ("1.0.0", "1.0.10", ["1.0.1", "1.0.2", "1.0.10"]),
            ("1.0.10", "1.0.0", ["1.0.2", "1.0.1", "1.0.0"]),
            ("1.0.2", "1.0.1", ["1.0.1"]),
            ("1.0.1", "1.0.1", []),
        ],
    )
    def test_in_order(self, start: str, goal: str, expected: list[str]) -> None:
        """Every release of the line between, start left out, up or down."""
        assert [str(v) for v in hops(reversed(VERSIONS), Version(start), Version(goal))] == expected

    @given(st.lists(versions, min_size=2), st.data())
    def test_there_and_back(self, releases: list[Version], data: st.DataObject) -> None:
        """The way back goes through the same releases, the other way round."""
        start, goal = data.draw(st.sampled_from(releases)), data.draw(st.sampled_from(releases))
        if not same_line(start, goal):
            return
        up, down = hops(releases, start, goal), hops(releases, goal, start)
        assert (start, *up) == tuple(reversed((goal, *down)))
        assert all(is_patch_of(b, a) == (goal > start) for a, b in zip((start, *up), up, strict=False))


class TestDown:
    def test_is_the_version_being_left(self) -> None:
        """It compares as the version that is left, and says where it goes."""
        down = Down("1.0.2", "1.0.1")
        assert down == Version("1.0.2")
        assert hash(down) == hash(Version("1.0.2"))
        assert down > Version("1.0.1")
        assert str(down) == "1.0.2"
        assert down.to == Version("1.0.1")
        assert isinstance(down, Version)

    def test_from_versions(self) -> None:
        """Version objects are taken too; without a goal it goes where it is."""
        assert Down(Version("1.0.2"), Version("1.0.1")).to == Version("1.0.1")
        assert Down("1.0.2").to == Version("1.0.2")

    def test_up_is_no_down(self) -> None:
        """`code_change` can tell the two ways apart."""
        assert not isinstance(Version("1.0.2"), Down)
