"""Whether a code object is an older release's, and another one than the running release has for it.

A code object carries the path of the release that it was compiled from. An older path alone says nothing: a
module that no release changed keeps the code it was imported with. So it is looked up in both files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType

from ..appup.codes import CodePairs, compile_module, pair_codes
from ..appup.trees import Module, name_of_file

__all__ = ["OldCode", "OldPlace"]


@dataclass(frozen=True, slots=True)
class OldPlace:
    """A function of an older release."""

    release: str
    module: str
    qualname: str
    file: str
    line: int


class OldCode:
    """Tells old code from the code of the release unpacked in `current`, a folder of the folder `store`."""

    def __init__(self, store: Path, current: Path) -> None:
        self._store = store
        self._current = current
        self._files: dict[str, _File | None] = {}

    def place(self, code: CodeType) -> OldPlace | None:
        """Where the old function is defined that `code` belongs to; None when it is no old code."""
        name = code.co_filename
        if name not in self._files:
            self._files[name] = self._file(name)
        file = self._files[name]
        if file is None or not file.is_old(code):
            return None
        return OldPlace(file.release, file.module, code.co_qualname, file.inside, code.co_firstlineno)

    def _file(self, name: str) -> _File | None:
        path = Path(name)
        if not path.is_relative_to(self._store) or path.is_relative_to(self._current):
            return None
        release, *parts = path.relative_to(self._store).parts
        return _File(release, path, self._current.joinpath(*parts), Path(*parts).as_posix())


@dataclass(frozen=True)
class _File:
    """A module's file in an older release and in the running one."""

    release: str
    old: Path
    new: Path
    inside: str

    @property
    def module(self) -> str:
        return name_of_file(self.inside)

    def is_old(self, code: CodeType) -> bool:
        if self._is_same:
            return False
        pair = None if self._pairs is None else self._pairs.of(code)
        return pair is None or pair.changed

    @cached_property
    def _is_same(self) -> bool:
        return self._both_there and self.old.read_bytes() == self.new.read_bytes()

    @cached_property
    def _pairs(self) -> CodePairs | None:
        """None when either release has no such file (any more): then whatever came from it is old."""
        if not self._both_there:
            return None
        old, new = (Module(self.module, path, False, path.read_bytes()) for path in (self.old, self.new))
        return pair_codes(compile_module(old), compile_module(new))

    @property
    def _both_there(self) -> bool:
        return self.old.is_file() and self.new.is_file()
