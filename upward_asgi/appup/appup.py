"""The appup: how to go from one release to the next and back, with the verdict on both ways.

The file `appup.json` in a release's .dist-info folder holds it; `format` is its version. What is written is
byte for byte the same for the same appup, so that wheels can be built reproducibly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.version import InvalidVersion, Version

from .config_changes import ConfigChanges
from .fields import items, malformed, mapping, optional, required
from .instructions import Instruction, instruction_from_json
from .verdict import Verdict

__all__ = ["APPUP_FILE", "FORMAT", "Appup"]

APPUP_FILE = "appup.json"
"""The appup's name inside a release's .dist-info folder."""

FORMAT = 1
"""The version of the JSON form; a reader refuses any other."""


@dataclass(frozen=True, slots=True)
class Appup:
    """What changed between two releases, as instructions up and down."""

    old: Version
    """The release that comes before."""

    new: Version
    """The release that the appup belongs to."""

    up: tuple[Instruction, ...] = ()
    """The steps from `old` to `new`, dependencies first."""

    down: tuple[Instruction, ...] = ()
    """The steps from `new` back to `old`; their statements are those of `old`."""

    verdict: Verdict = field(default_factory=Verdict)
    """Whether the way up is hot."""

    down_verdict: Verdict = field(default_factory=Verdict)
    """Whether the way back is hot."""

    config: ConfigChanges = field(default_factory=ConfigChanges)
    """What the way up does to the application's settings, where it has a `config_change`."""

    down_config: ConfigChanges = field(default_factory=ConfigChanges)
    """What the way back does to them."""

    name: str = ""
    """The application's distribution; empty where the trees do not say it."""

    def to_json(self) -> dict[str, object]:
        """The appup as plain JSON values, fields in a fixed order."""
        return {
            "format": FORMAT,
            "name": self.name,
            "old": str(self.old),
            "new": str(self.new),
            "verdict": self.verdict.to_json(),
            "down_verdict": self.down_verdict.to_json(),
            "config": self.config.to_json(),
            "down_config": self.down_config.to_json(),
            "up": [instruction.to_json() for instruction in self.up],
            "down": [instruction.to_json() for instruction in self.down],
        }

    @classmethod
    def from_json(cls, data: object) -> Appup:
        """The appup that `to_json` wrote. Raises `InternalError` when the data is not one."""
        fields = mapping(data, "an appup")
        if fields.get("format") != FORMAT:
            raise malformed(f"an appup of format {FORMAT}", fields.get("format"))
        return cls(
            old=_version(fields, "old"),
            new=_version(fields, "new"),
            up=_instructions(fields, "up"),
            down=_instructions(fields, "down"),
            verdict=Verdict.from_json(fields.get("verdict")),
            down_verdict=Verdict.from_json(fields.get("down_verdict")),
            config=ConfigChanges.from_json(fields.get("config")),
            down_config=ConfigChanges.from_json(fields.get("down_config")),
            name=optional(fields, "name", str, "appup") or "",
        )

    def dumps(self) -> bytes:
        """The contents of appup.json: the same bytes for the same appup, whatever the machine."""
        return (json.dumps(self.to_json(), indent=1) + "\n").encode("ascii")

    @classmethod
    def loads(cls, text: bytes | str) -> Appup:
        """The appup that `dumps` wrote. Raises `InternalError`."""
        try:
            data = json.loads(text)
        except ValueError as error:  # JSONDecodeError and UnicodeDecodeError are both ValueErrors
            raise malformed("an appup as JSON", str(error)) from error
        return cls.from_json(data)


def _version(fields: Mapping[str, object], name: str) -> Version:
    text = required(fields, name, str, "appup")
    try:
        return Version(text)
    except InvalidVersion as error:
        raise malformed(f"appup.{name} as a version", text) from error


def _instructions(fields: Mapping[str, object], name: str) -> tuple[Instruction, ...]:
    return tuple(instruction_from_json(item) for item in items(fields, name, "appup"))
