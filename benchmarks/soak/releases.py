"""The releases that the service goes through: good ones, and after each a bad one that must leave no trace.

All are made of the package `soaked` beside this file. Good ones have even patch numbers. Each changes what
every session runs, and the shape of its state; every other one changes the `@upgradable` handler too.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from upward_asgi.store import Store

__all__ = ["BAD", "Bad", "fill_store", "version_of"]

NAME = "soaked"
_SOURCE = Path(__file__).parent / NAME
_FIELD = "    # one field more\n"
_SUM = "        # and what goes with it\n"
_CHANGE = "    # here a bad release goes wrong\n"
_HANDLER = "    # here a bad release crashes\n"
Tree = dict[str, str]


@dataclass(frozen=True, slots=True)
class Bad:
    """One way in which a release fails."""

    name: str
    state: str
    """How the operation must end: `refused` or `rolled_back`."""
    spoil: Callable[[Tree], None]
    """Makes it of the good release that would have come next."""


def _appended(file: str, text: str) -> Callable[[Tree], None]:
    def spoil(tree: Tree) -> None:
        tree[file] += text

    return spoil


def _inserted(file: str, mark: str, text: str) -> Callable[[Tree], None]:
    def spoil(tree: Tree) -> None:
        if mark not in tree[file]:
            raise ValueError(f"expected {mark!r} in {file}, got none; the application has changed")
        indent = mark[: len(mark) - len(mark.lstrip())]
        tree[file] = tree[file].replace(mark, "".join(f"{indent}{line}\n" for line in text.splitlines()))

    return spoil


def _changes(text: str) -> Callable[[Tree], None]:
    return _inserted("state.py", _CHANGE, text)


_IN_THE_SERVICE = "import os\nif os.environ['SOAK_PID'] == str(os.getpid()) and next(ASKED) % 4 == 3:\n    "
"""True in the live process alone, so that the rehearsal passes."""

_KINDS = (
    Bad("does not parse", "refused", _appended("words.py", "\ndef half(:\n")),
    Bad("raises at import", "refused", _appended("room.py", "\nraise RuntimeError('at import')\n")),
    Bad("exits at import", "refused", _appended("app.py", "\nraise SystemExit(3)\n")),
    Bad("replaces live state", "refused", _inserted("room.py", "HISTORY = []\n", "HISTORY = Room()")),
    Bad("needs what is not installed", "refused", _appended("REQUIRES", "nothing-has-this-name>=9")),
    Bad("code_change raises", "refused", _changes("if next(ASKED) % 4 == 3:\n    raise KeyError('lost')")),
    Bad("code_change exits the process", "refused", _changes("import os\nos._exit(7)")),
    Bad("code_change hangs", "refused", _changes("while True:\n    pass")),
    Bad("code_change raises in the service only", "rolled_back", _changes(f"{_IN_THE_SERVICE}1 / 0")),
    Bad(
        "code_change hangs in the service only",
        "rolled_back",
        _changes(f"{_IN_THE_SERVICE}while True:\n        pass"),
    ),
    Bad(
        "new handler crashes",
        "rolled_back",
        _inserted("handlers.py", _HANDLER, "if handle.resumed:\n    raise KeyError('new handler')"),
    ),
    Bad(
        "new handler crashes in the middle",
        "rolled_back",
        _inserted(
            "handlers.py",
            _HANDLER,
            "from .state import ASKED\nif handle.resumed and next(ASKED) % 2:\n"
            "    await websocket.send_text('never')\n    raise KeyError('new handler')",
        ),
    ),
)
BAD = tuple(_KINDS[5 * place % len(_KINDS)] for place in range(len(_KINDS)))
"""All kinds, mixed: one follows each good release but the last, round and round."""


def version_of(place: int, *, bad: bool = False) -> str:
    """The good release at this place of the line, or the bad one that follows it."""
    return f"1.0.{2 * place + bad}"


def fill_store(folder: Path, goods: int) -> Path:
    """Make a store with this many good releases, and a bad one between every two; gives its root.

    The bad ones are marked as failed from the start: the way from one good release to the next must not lead
    through them, and some (a hang, a requirement) are not remembered as failed by the engine.
    """
    store = Store.create(folder / "releases")
    for place in range(goods):
        _unpack(store, folder, _good(place), version_of(place))
        if place + 1 < goods:
            bad = BAD[place % len(BAD)]
            tree = _good(place + 1)
            bad.spoil(tree)
            _unpack(store, folder, tree, version_of(place, bad=True))
            store.mark_failed(version_of(place, bad=True), bad.name)
    return store.root


def _good(place: int) -> Tree:
    tree = {file.name: file.read_text() for file in _SOURCE.glob("*.py")}
    if place % 2:
        state = tree["state.py"].replace('SHAPE = "single"', 'SHAPE = "double"')
        state = state.replace(_FIELD, "    doubled: int = 0\n").replace(_SUM, "        self.doubled += 2\n")
        tree["state.py"] = state
    marks = {"r0": f"r{place}", "h0": f"h{place // 2}"}
    for name, text in tree.items():
        for mark, number in marks.items():
            text = text.replace(f'"{mark}"', f'"{number}"').replace(f"-{mark}", f"-{number}")
            text = text.replace(f" {mark} ", f" {number} ").replace(f' {mark}"', f' {number}"')
        tree[name] = text
    tree["REQUIRES"] = ""
    return tree


def _unpack(store: Store, folder: Path, tree: Tree, version: str) -> None:
    tree["__init__.py"] = tree["__init__.py"].replace("1.0.0", version)
    requires = tree.pop("REQUIRES")
    metadata = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n"
    metadata += f"Requires-Dist: {requires}\n" if requires else ""
    info = f"{NAME}-{version}.dist-info"
    files = {f"{NAME}/{name}": text for name, text in tree.items()}
    files[f"{info}/METADATA"] = metadata
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: soak\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = _record(files) + f"{info}/RECORD,,\n"
    wheel = folder / f"{NAME}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    store.unpack(wheel)
    wheel.unlink()


def _record(files: Mapping[str, str]) -> str:
    return "".join(f"{name},sha256={_digest(text)},{len(text.encode())}\n" for name, text in files.items())


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
