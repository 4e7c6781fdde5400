"""A release that is really imported into this process, and patched in place."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from packaging.version import Version

from upward_asgi.appup import Settings, make_appup
from upward_asgi.patch import Patch, Prepared, SysPathImports, prepare

_NUMBERS = itertools.count()


@dataclass
class Live:
    """One imported module, of a name that no other test uses."""

    name: str
    module: ModuleType
    root: Path

    def prepare(self, source: str, settings: Settings | None = None, *, down: bool = False) -> Prepared:
        """Prepare the patch to another text of the module, 1.0.0 to 1.0.1 or back."""
        new = self.root.parent / f"{self.root.name}_next"
        new.mkdir(exist_ok=True)
        (new / f"{self.name}.py").write_text(source, encoding="utf-8")
        low, high = (new, self.root) if down else (self.root, new)
        versions = {"old_version": Version("1.0.0"), "new_version": Version("1.0.1")}
        appup = make_appup(low, high, **versions, settings=settings)
        steps = appup.down if down else appup.up
        return prepare(steps, old=self.root, new=new, imports=SysPathImports(self.root))

    def patch(self, source: str, settings: Settings | None = None) -> Patch:
        """Apply the patch to another text of the module."""
        return self.prepare(source, settings).apply()

    def patch_down(self, source: str) -> Patch:
        """Go back from 1.0.1, which is live, to a text of 1.0.0."""
        return self.prepare(source, down=True).apply()


class Releases:
    """Imports texts as modules, each under a name and a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def load(self, source: str) -> Live:
        """Import a text as a module of the release."""
        name = f"live_{next(_NUMBERS)}"
        root = self.folder / name
        root.mkdir()
        (root / f"{name}.py").write_text(source, encoding="utf-8")
        sys.path.insert(0, str(root))
        self.names.append(name)
        __import__(name)
        return Live(name, sys.modules[name], root)


@pytest.fixture
def releases(tmp_path: Path) -> Iterator[Releases]:
    """Modules that are imported for one test, and forgotten after it."""
    path = list(sys.path)
    made = Releases(tmp_path.resolve())
    yield made
    sys.path[:] = path
    for name in made.names:
        sys.modules.pop(name, None)
