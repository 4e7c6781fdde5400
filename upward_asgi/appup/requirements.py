"""Requirements of a release that the running environment does not meet.

What counts is the *installed* distributions: most patch releases change the manifest's bytes and many move
a requirement, yet the environment often meets it already (FACTS: 6 % of real patches). So nothing is
compared as text, except to tell a new problem from one that the running release lives with.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata as installed_metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from .metadata import Header, Metadata, read_metadata
from .verdict import Reason, Verdict

__all__ = ["Installed", "installed", "requirements_verdict", "version_reasons"]

_RESTART = "release it as a new minor version, install what it needs, and restart"


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed distribution, as far as requirements ask."""

    version: Version
    requires: tuple[str, ...] = ()
    url: str | None = None
    """Where it was installed from, when not from an index (PEP 610)."""


Lookup = Callable[[str], Installed | None]


def installed(name: str) -> Installed | None:
    """The distribution that this interpreter would import from; None when there is none."""
    try:
        found = installed_metadata.distribution(name)
        version = Version(found.version)
    except (installed_metadata.PackageNotFoundError, InvalidVersion, TypeError):
        return None  # no metadata, or metadata that no requirement could be checked against
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    return Installed(version, tuple(found.requires or ()), origin.get("url"))


def requirements_verdict(old: Path, new: Path, lookup: Lookup = installed) -> Verdict:
    """Cold for every requirement of `new` that is not met; a note where `old` already said the same.

    Extras of the application itself are left out: which of them were wanted is not written anywhere.
    A tree without metadata requires nothing.
    """
    found = read_metadata(new)
    if found is None:
        return Verdict()
    before = read_metadata(old)
    said = {header.value for header in before.requires} if before else set()
    reasons, notes = [*_python(found)], []
    for header in found.requires:
        reason = _unmet(header, found.file, lookup)
        if reason is not None and header.value in said:
            notes.append(_lived_with(reason))
        elif reason is not None:
            reasons.append(reason)
    return Verdict(tuple(reasons), tuple(notes))


def version_reasons(root: Path, expected: Version, name: str | None = None) -> tuple[Reason, ...]:
    """Cold when the tree's metadata says another version than expected, or is of another distribution."""
    found = read_metadata(root)
    if found is None:
        return ()
    return tuple(_other_version(found, expected)) + tuple(_other_name(found, name))


def _other_version(found: Metadata, expected: Version) -> Iterator[Reason]:
    if found.version is not None and not _same_version(found.version.value, expected):
        yield Reason(
            "version_mismatch",
            f"the release says it is version {found.version.value}, not {expected}",
            found.file,
            found.version.line,
            "build it again with the right version",
        )


def _other_name(found: Metadata, name: str | None) -> Iterator[Reason]:
    if name and found.name is not None and canonicalize_name(found.name.value) != canonicalize_name(name):
        yield Reason(
            "another_distribution",
            f"the release is of {found.name.value}, not of {name}",
            found.file,
            found.name.line,
            "give two releases of one application",
        )


def _same_version(text: str, expected: Version) -> bool:
    try:
        return Version(text) == expected
    except InvalidVersion:
        return False


def _python(found: Metadata) -> Iterator[Reason]:
    header = found.requires_python
    if header is None:
        return
    try:
        met = SpecifierSet(header.value).contains(platform.python_version(), prereleases=True)
    except InvalidSpecifier:
        yield _bad(header, found.file, "Requires-Python")
        return
    if not met:
        message = f"it needs Python {header.value}, and this is {platform.python_version()}"
        yield Reason("requires_python", message, found.file, header.line, _RESTART)


def _unmet(header: Header, file: str, lookup: Lookup) -> Reason | None:
    try:
        requirement = Requirement(header.value)
    except InvalidRequirement:
        return _bad(header, file, "a requirement")
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return None
    problem = _problem(requirement, lookup, frozenset())
    if problem is None:
        return None
    message = f"the requirement {requirement} is not met: {problem}"
    return Reason("requirement", message, file, header.line, _RESTART)


def _problem(requirement: Requirement, lookup: Lookup, seen: frozenset[str]) -> str | None:
    """Why the environment does not meet a requirement; None when it does."""
    found = lookup(requirement.name)
    if found is None:
        return f"{requirement.name} is not installed"
    if requirement.url is not None and requirement.url != found.url:
        return f"{requirement.name} was installed from {found.url or 'an index'}"
    if not requirement.specifier.contains(found.version, prereleases=True):
        return f"{requirement.name} {found.version} is installed"
    return _extras_problem(requirement, found, lookup, seen)


def _extras_problem(
    requirement: Requirement, found: Installed, lookup: Lookup, seen: frozenset[str]
) -> str | None:
    """`name[extra]`: what the installed distribution asks for under that extra must be there too."""
    name = canonicalize_name(requirement.name)
    for extra in sorted(requirement.extras):
        key = f"{name}[{canonicalize_name(extra)}]"
        if key in seen:
            continue  # extras may name each other
        for inner in map(Requirement, found.requires):
            wanted = inner.marker is not None and not inner.marker.evaluate({"extra": ""})
            if wanted and inner.marker is not None and inner.marker.evaluate({"extra": extra}):
                problem = _problem(inner, lookup, seen | {key})
                if problem is not None:
                    return f"{problem}, which {key} needs"
    return None


def _lived_with(reason: Reason) -> Reason:
    return Reason(
        reason.code,
        f"{reason.message}; the release before says the same",
        reason.file,
        reason.line,
        "nothing for this upgrade; mend the environment at the next restart",
    )


def _bad(header: Header, file: str, what: str) -> Reason:
    message = f"{header.value!r} cannot be read as {what}"
    return Reason("bad_requirement", message, file, header.line, "mend it and build the release again")
