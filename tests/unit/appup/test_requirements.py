"""Requirements: judged by what is installed, not by what the manifest says."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.appup.requirements import Installed, installed, requirements_verdict, version_reasons

HAVE = {
    "starlette": Installed(
        Version("1.10.0"), ("anyio>=4", 'jinja2>=9; extra == "full"', 'httpx; extra == "http"')
    ),
    "httpx": Installed(Version("0.28.1")),
    "beta": Installed(Version("2.0b1"), ('beta[two]; extra == "one"', 'beta[one]; extra == "two"')),
    "jinja2": Installed(Version("3.1.6")),
    "fork": Installed(Version("1.0"), url="https://example.org/fork.zip"),
}


def lookup(name: str) -> Installed | None:
    return HAVE.get(name)


def release(folder: Path, *headers: str) -> Path:
    info = folder / "board-1.0.1.dist-info"
    info.mkdir(parents=True)
    text = "\n".join(
        ["Metadata-Version: 2.4", "Name: board", "Version: 1.0.1", *headers, "", "Requires-Dist: prose"]
    )
    (info / "METADATA").write_text(text)
    return folder


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return release(tmp_path / "old")


@pytest.mark.parametrize(
    "header",
    [
        "Requires-Dist: starlette>=1.10",
        "Requires-Dist: starlette[http]>=1.10",
        "Requires-Dist: beta>=2.0b1",
        "Requires-Dist: beta[one]",
        'Requires-Dist: nowhere; python_version < "3"',
        'Requires-Dist: nowhere; extra == "postgres"',
        "Requires-Dist: fork @ https://example.org/fork.zip",
        "Requires-Python: >=3.11",
        "Provides-Extra: postgres",
    ],
)
def test_met(tmp_path: Path, old: Path, header: str) -> None:
    """A new requirement that the environment meets already, or that does not apply, is no reason."""
    verdict = requirements_verdict(old, release(tmp_path / "new", header), lookup)
    assert (verdict.reasons, verdict.notes) == ((), ())


@pytest.mark.parametrize(
    ("header", "code", "message"),
    [
        ("Requires-Dist: nowhere>=2", "requirement", "nowhere>=2 is not met: nowhere is not installed"),
        (
            "Requires-Dist: starlette>=2",
            "requirement",
            "starlette>=2 is not met: starlette 1.10.0 is installed",
        ),
        (
            "Requires-Dist: starlette[full]",
            "requirement",
            "jinja2 3.1.6 is installed, which starlette[full] needs",
        ),
        (
            "Requires-Dist: fork @ https://example.org/2",
            "requirement",
            "installed from https://example.org/fork.zip",
        ),
        ("Requires-Dist: httpx @ https://example.org/2", "requirement", "httpx was installed from an index"),
        ("Requires-Dist: not a requirement!", "bad_requirement", "cannot be read as a requirement"),
        (
            "Requires-Python: >=4",
            "requires_python",
            f"needs Python >=4, and this is {platform.python_version()}",
        ),
        ("Requires-Python: soon", "bad_requirement", "cannot be read as Requires-Python"),
    ],
)
def test_unmet(tmp_path: Path, old: Path, header: str, code: str, message: str) -> None:
    """What the environment does not meet is cold, with the line of METADATA and what to do."""
    (reason,) = requirements_verdict(old, release(tmp_path / "new", header), lookup).reasons
    assert reason.code == code
    assert message in reason.message
    assert (reason.file, reason.line) == ("board-1.0.1.dist-info/METADATA", 4)
    assert reason.advice


def test_every_reason_is_named(tmp_path: Path, old: Path) -> None:
    """All unmet requirements are told at once."""
    new = release(tmp_path / "new", "Requires-Python: >=4", "Requires-Dist: a", "Requires-Dist: b")
    assert [reason.line for reason in requirements_verdict(old, new, lookup).reasons] == [4, 5, 6]


def test_lived_with(tmp_path: Path) -> None:
    """A requirement that was unmet in the release before as well is a note: the upgrade changes nothing."""
    header = "Requires-Dist: starlette>=2"
    verdict = requirements_verdict(release(tmp_path / "a", header), release(tmp_path / "b", header), lookup)
    assert verdict.hot
    assert "the release before says the same" in verdict.notes[0].message


def test_no_metadata(tmp_path: Path, old: Path) -> None:
    """A bare tree requires nothing and has no version to contradict."""
    assert requirements_verdict(old, tmp_path / "new", lookup).hot
    assert version_reasons(tmp_path / "new", Version("1.0.0")) == ()


def test_source_tree(tmp_path: Path, old: Path) -> None:
    """A source tree says it in pyproject.toml."""
    text = '[project]\nname = "board"\nrequires-python = ">=4"\ndependencies = [\n  "nowhere>=2",\n  3,\n]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    reasons = requirements_verdict(old, tmp_path, lookup).reasons
    assert [(reason.code, reason.file, reason.line) for reason in reasons] == [
        ("requires_python", "pyproject.toml", 3),
        ("requirement", "pyproject.toml", 5),
    ]


@pytest.mark.parametrize("text", ["[project", "project = 3\n", "[tool.x]\n", "[project]\ndependencies = 3\n"])
def test_source_tree_without_project(tmp_path: Path, old: Path, text: str) -> None:
    """A pyproject.toml without a usable `[project]` requires nothing."""
    (tmp_path / "pyproject.toml").write_text(text)
    assert requirements_verdict(old, tmp_path, lookup).hot


def test_version(old: Path) -> None:
    """The tree must be of the version and the distribution that were asked for."""
    assert version_reasons(old, Version("1.0.1"), "Board") == ()
    (reason,) = version_reasons(old, Version("1.0.2"))
    assert (reason.code, reason.line) == ("version_mismatch", 3)
    assert "says it is version 1.0.1, not 1.0.2" in reason.message
    (reason,) = version_reasons(old, Version("1.0.1"), "chat")
    assert (reason.code, reason.line) == ("another_distribution", 2)


def test_version_that_is_none(tmp_path: Path) -> None:
    """A version that cannot be read is not the expected one."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "board"\nversion = "next"\n')
    (reason,) = version_reasons(tmp_path, Version("1.0.1"))
    assert reason.code == "version_mismatch"


def test_installed() -> None:
    """The lookup sees this environment."""
    found = installed("packaging")
    assert found is not None
    assert found.version >= Version("24")
    assert installed("no-such-distribution-here") is None
