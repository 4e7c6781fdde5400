"""What a release says about itself: the METADATA of its .dist-info, or the `[project]` of a source tree.

Core metadata: https://packaging.python.org/en/latest/specifications/core-metadata/. Every header keeps its
line, so that a reason can point to it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SETTINGS_FILE", "Header", "Metadata", "dist_info", "read_metadata"]

SETTINGS_FILE = "upward.json"
"""The name of the settings inside a release's .dist-info folder."""


@dataclass(frozen=True, slots=True)
class Header:
    """One value with the place it stands at."""

    value: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """The headers that matter to an upgrade; None where the release does not give one."""

    file: str
    """Where they stand, relative to the release's root."""

    name: Header | None = None
    version: Header | None = None
    requires_python: Header | None = None
    requires: tuple[Header, ...] = ()
    """One requirement each (PEP 508)."""


def dist_info(root: Path) -> Path | None:
    """The .dist-info folder of an unpacked release; None when there is none, or no saying which.

    A release has exactly one. A folder shared by several distributions (a site-packages) has more: then it
    is the one with an upward.json in it.
    """
    found = sorted(path for path in root.glob("*.dist-info") if path.is_dir())
    ours = [path for path in found if (path / SETTINGS_FILE).is_file()]
    candidates = ours or found
    return candidates[0] if len(candidates) == 1 else None


def read_metadata(root: Path) -> Metadata | None:
    """The metadata of a release or source tree; None when it has none."""
    info = dist_info(root)
    if info is not None and (info / "METADATA").is_file():
        return _from_headers(info / "METADATA", f"{info.name}/METADATA")
    project = root / "pyproject.toml"
    return _from_project(project) if project.is_file() else None


def _from_headers(file: Path, name: str) -> Metadata:
    headers = list(_headers(file.read_text(encoding="utf-8", errors="replace")))

    def first(key: str) -> Header | None:
        return next((header for k, header in headers if k == key), None)

    return Metadata(
        file=name,
        name=first("name"),
        version=first("version"),
        requires_python=first("requires-python"),
        requires=tuple(header for key, header in headers if key == "requires-dist"),
    )


def _headers(text: str) -> Iterator[tuple[str, Header]]:
    """The headers, up to the empty line that ends them; the values we read are never folded."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            return
        key, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            yield key.lower(), Header(value.strip(), number)


def _from_project(file: Path) -> Metadata | None:
    """A source tree's `[project]`; None when the file is not TOML or has no such section.

    A broken pyproject.toml is the business of `Settings.from_pyproject`, which says so.
    """
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        project = tomllib.loads(text).get("project")
    except tomllib.TOMLDecodeError:
        return None
    if not isinstance(project, Mapping):
        return None

    def header(key: str) -> Header | None:
        value = project.get(key)
        return Header(value, _line_of(text, value)) if isinstance(value, str) else None

    listed = project.get("dependencies", [])
    requires = [value for value in listed if isinstance(value, str)] if isinstance(listed, list) else []
    return Metadata(
        file=file.name,
        name=header("name"),
        version=header("version"),
        requires_python=header("requires-python"),
        requires=tuple(Header(value, _line_of(text, value)) for value in requires),
    )


def _line_of(text: str, value: str) -> int | None:
    lines = (number for number, line in enumerate(text.splitlines(), start=1) if value in line)
    return next(lines, None)
