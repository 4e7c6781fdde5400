"""What a project says about its upgrades: the section `[tool.upward]` of its pyproject.toml.

`upward build` writes it into the release as `upward.json` in the .dist-info folder, so that the store and the
server know it without the project at hand. Both forms are read by the same rules; whatever is not known
is an error, because a marker that was misspelt would be a marker that silently does nothing.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import BadSettings
from .metadata import SETTINGS_FILE, dist_info

__all__ = ["SETTINGS_FILE", "Marker", "Settings", "TransformUse"]

_FUNCTION = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_PLACE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(:[^\W\d]\w*)?")
_ROUTE = re.compile(r"/\S*")
_MARKER = re.compile(r"[^:\s]+:[^:\s]+")


class Marker(StrEnum):
    """What the user wants for a module-level name, against the rules of the value flow."""

    KEEP = "keep"
    """The live object stays, although its statement, or what made it, changed."""

    REBUILD = "rebuild"
    """The statement runs again, although nothing about it changed by the rules."""


@dataclass(frozen=True, slots=True)
class TransformUse:
    """One entry of `transforms`: which transform, with which options."""

    path: str
    """`pkg.mod:Transform`, a class or an instance."""

    options: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Passed to the transform as `opts`; plain JSON values."""

    def to_json(self) -> dict[str, object]:
        """`path` and `options`."""
        return {"path": self.path, "options": dict(self.options)}


@dataclass(frozen=True, slots=True)
class Settings:
    """The section `[tool.upward]`; every field has a default, so no section means defaults."""

    keep: tuple[str, ...] = ()
    """Names whose live object is kept: `pkg.mod:NAME`, shell patterns allowed."""

    rebuild: tuple[str, ...] = ()
    """Names whose statement is run again: `pkg.mod:NAME`, shell patterns allowed."""

    transforms: tuple[TransformUse, ...] = ()
    """Passes over the instructions, in this order."""

    code_change: str | None = None
    """The application's own upgrade: `pkg.mod:function`, called as `(app, old_vsn, new_vsn)`."""

    config_change: str | None = None
    """`pkg.mod:function`, called as `(changed, new, removed)` when settings changed."""

    config: tuple[str, ...] = ()
    """Where settings are: `pkg.mod` for its upper-case names, `pkg.mod:object` for the object's fields.
    Without it, the upper-case names of the module that `config_change` is in."""

    upgradable: tuple[str, ...] = ()
    """Routes whose handlers may be restarted though they carry no mark: `/rooms/{room}`."""

    accept_startup: bool = False
    """Changed start-up code is accepted: it takes effect at the next restart only."""

    rehearse: str | None = None
    """`pkg.mod:function`, called as `(app)` in the rehearsal's copy after all else; what it raises refuses
    the release."""

    left_over: tuple[str, ...] = ()
    """Names that are to go, though no statement says so. Rehearsals find them; no project writes them."""

    @property
    def config_places(self) -> tuple[str, ...]:
        """Where the settings are that `config_change` is told of."""
        own = () if self.config_change is None else (self.config_change.partition(":")[0],)
        return self.config or own

    @classmethod
    def from_pyproject(cls, path: Path) -> Settings:
        """The settings of a project, from its folder or its pyproject.toml.

        A folder without pyproject.toml, and a file without the section, give the defaults. Raises
        `BadSettings` when the file is missing, does not parse, or the section says something unknown.
        """
        file = path / "pyproject.toml" if path.is_dir() else path
        if path.is_dir() and not file.exists():
            return cls()
        document = _toml(file)
        tool = document.get("tool", {})
        section = tool.get("upward", {}) if isinstance(tool, Mapping) else {}
        return _read(section, f"[tool.upward] in {file.name}")

    @classmethod
    def of_release(cls, root: Path) -> Settings:
        """The settings of a release or source tree: upward.json, else pyproject.toml, else defaults."""
        info = dist_info(root)
        file = info / SETTINGS_FILE if info else None
        if file is None or not file.is_file():
            return cls.from_pyproject(root)
        try:
            return cls.from_json(json.loads(file.read_bytes()))
        except ValueError as error:
            raise _bad(f"{SETTINGS_FILE} as JSON", str(error), "build the release again") from error

    @classmethod
    def from_json(cls, data: object) -> Settings:
        """The settings that `to_json` wrote. Raises `BadSettings`."""
        return _read(data, SETTINGS_FILE)

    def to_json(self) -> dict[str, object]:
        """Every field that a project writes as plain JSON values, in the order of the fields."""
        return {
            "keep": list(self.keep),
            "rebuild": list(self.rebuild),
            "transforms": [use.to_json() for use in self.transforms],
            "code_change": self.code_change,
            "config_change": self.config_change,
            "config": list(self.config),
            "upgradable": list(self.upgradable),
            "accept_startup": self.accept_startup,
            "rehearse": self.rehearse,
        }

    def marker(self, module: str, name: str) -> Marker | None:
        """What is wanted for a name: an exact marker beats a pattern, and `keep` beats `rebuild`."""
        target = f"{module}:{name}"
        if target in self.keep:
            return Marker.KEEP
        if target in self.rebuild:
            return Marker.REBUILD
        if any(fnmatchcase(target, pattern) for pattern in self.keep):
            return Marker.KEEP
        if any(fnmatchcase(target, pattern) for pattern in self.rebuild):
            return Marker.REBUILD
        return None


def _toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _bad(
            f"the file {file}", "no such file", "give the project's folder or its pyproject.toml"
        ) from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are both ValueErrors
        raise _bad(f"{file.name} as TOML", str(error), "mend the file") from error


def _read(section: object, where: str) -> Settings:
    if not isinstance(section, Mapping):
        raise _bad(f"{where} as a table", _shown(section), "write `[tool.upward]` with one key a line")
    known = list(Settings().to_json())
    for key in section:
        if key not in known:
            raise _unknown(str(key), known, where)
    settings = Settings(
        keep=tuple(_markers(section, "keep", where)),
        rebuild=tuple(_markers(section, "rebuild", where)),
        transforms=tuple(_transforms(section, where)),
        code_change=_function(section, "code_change", where),
        config_change=_function(section, "config_change", where),
        config=tuple(_texts(section, "config", where, _PLACE, "pkg.mod:object")),
        upgradable=tuple(_texts(section, "upgradable", where, _ROUTE, "/rooms/{room}")),
        accept_startup=_flag(section, "accept_startup", where),
        rehearse=_function(section, "rehearse", where),
    )
    both = sorted({*settings.keep} & {*settings.rebuild})
    if both:
        raise _bad(
            f"a name in `keep` or in `rebuild` of {where}", f"{both[0]} in both", "take it out of one of them"
        )
    return settings


def _markers(section: Mapping[str, object], key: str, where: str) -> Iterator[str]:
    do = f'write `{key} = ["pkg.mod:NAME"]`; shell patterns such as `pkg.*:CACHE_*` are allowed'
    for value in _array(section, key, where, do):
        if not isinstance(value, str) or not _MARKER.fullmatch(value):
            raise _bad(f"`{key}` in {where} as a list of `pkg.mod:NAME`", _shown(value), do)
        yield value


def _texts(
    section: Mapping[str, object], key: str, where: str, form: re.Pattern[str], example: str
) -> Iterator[str]:
    do = f'write `{key} = ["{example}"]`'
    for value in _array(section, key, where, do):
        if not isinstance(value, str) or not form.fullmatch(value):
            raise _bad(f"`{key}` in {where} as a list of texts like `{example}`", _shown(value), do)
        yield value


def _transforms(section: Mapping[str, object], where: str) -> Iterator[TransformUse]:
    do = (
        'write `transforms = ["pkg.mod:Transform"]`, or `{path = "pkg.mod:Transform", options = {…}}` for one'
    )
    for value in _array(section, "transforms", where, do):
        entry = {"path": value} if isinstance(value, str) else value
        if not isinstance(entry, Mapping):
            raise _bad(f"`transforms` in {where} as a list of `pkg.mod:Transform`", _shown(value), do)
        for key in entry:
            if key not in ("path", "options"):
                raise _unknown(str(key), ["path", "options"], f"`transforms` in {where}")
        path, options = entry.get("path"), entry.get("options", {})
        if not isinstance(path, str) or not _FUNCTION.fullmatch(path):
            raise _bad(f"`path` of a transform in {where} as `pkg.mod:Transform`", _shown(path), do)
        if not isinstance(options, Mapping) or not _plain(options):
            raise _bad(f"`options` of {path} in {where} as a table of plain values", _shown(options), do)
        yield TransformUse(path, dict(options))


def _function(section: Mapping[str, object], key: str, where: str) -> str | None:
    value = section.get(key)
    if value is None or (isinstance(value, str) and _FUNCTION.fullmatch(value)):
        return value
    raise _bad(
        f"`{key}` in {where} as `pkg.mod:function`", _shown(value), f'write `{key} = "pkg.mod:function"`'
    )


def _flag(section: Mapping[str, object], key: str, where: str) -> bool:
    value = section.get(key, False)
    if isinstance(value, bool):
        return value
    raise _bad(f"`{key}` in {where} as true or false", _shown(value), f"write `{key} = true`")


def _array(section: Mapping[str, object], key: str, where: str, do: str) -> list[object]:
    value = section.get(key, [])
    if isinstance(value, list):
        return value
    raise _bad(f"`{key}` in {where} as a list", _shown(value), do)


def _plain(value: object) -> bool:
    """True for what JSON can hold; TOML's dates are not among it."""
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_plain(item) for item in value)
    return value is None or isinstance(value, str | int | float | bool)


def _unknown(key: str, known: list[str], where: str) -> BadSettings:
    near = difflib.get_close_matches(key.replace("-", "_"), known, n=1, cutoff=0.5)
    do = f"did you mean `{near[0]}`?" if near else "take the key out"
    return _bad(f"one of {', '.join(known)} in {where}", f"the unknown key `{key}`", do)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _bad(expected: str, got: str, do: str) -> BadSettings:
    return BadSettings(expected=expected, got=got, do=do)
