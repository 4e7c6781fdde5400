"""How one module of a release is found and loaded: code under the versioned path, shown through `current`.

Code objects and loaders carry `releases/1.0.1/…`, so that tracebacks of old and new frames both show the
right lines for ever. `__file__`, `__path__` and `__spec__.origin` go through `releases/current/…`, so that
what a program finds beside a module follows an upgrade and a rollback.

No bytecode is read or written: a cached .pyc would bring code objects that carry another release's path.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import PathEntryFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.readers import FileReader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

__all__ = ["ReleaseLoader", "ReleasePathFinder"]


class ReleaseLoader(SourceFileLoader):
    """Loads one source file of a release; `path` is the versioned one, `shown` goes through `current`."""

    def __init__(self, name: str, path: str, shown: str) -> None:
        super().__init__(name, path)
        self.shown = shown

    def get_code(self, fullname: str) -> CodeType | None:
        """The module's code, compiled from its source, never from a bytecode cache."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def get_resource_reader(self, name: str) -> FileReader:  # type: ignore[override]  # stub: Traversable only
        """What `importlib.resources` reads from: the files beside the module, through `current`."""
        return FileReader(_Shown(self.shown))  # type: ignore[arg-type]


class _Shown:
    """All that `FileReader` wants of a loader: its path."""

    def __init__(self, path: str) -> None:
        self.path = path


class ReleasePathFinder(PathEntryFinder):
    """Finds modules in one folder that `current` shows, in the release that is active at that moment.

    The import system makes one for every folder below `current` (`sys.path_hooks`), so submodules found
    through a package's `__path__`, and `pkgutil`, see the active release even before the symlink follows.
    """

    def __init__(self, shown: Path, active: Callable[[], Path]) -> None:
        self._shown = shown
        self._active = active
        """The folder in the active release's versioned tree that `shown` stands for."""

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """A package, a module, or a namespace portion, in the order of the standard finder."""
        tail = fullname.rpartition(".")[2]
        folder = self._active() / tail
        if (folder / "__init__.py").is_file():
            return self._spec(fullname, Path(tail, "__init__.py"), [str(self._shown / tail)])
        if folder.with_name(f"{tail}.py").is_file():
            return self._spec(fullname, Path(f"{tail}.py"), None)
        if folder.is_dir():
            portion = ModuleSpec(fullname, None, is_package=True)
            portion.submodule_search_locations = [str(self._shown / tail)]
            return portion
        return None

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """What `pkgutil.iter_modules` lists."""
        for module in pkgutil.iter_modules([str(self._active())]):
            yield prefix + module.name, module.ispkg

    def _spec(self, fullname: str, file: Path, search: Sequence[str] | None) -> ModuleSpec | None:
        shown = str(self._shown / file)
        loader = ReleaseLoader(fullname, str(self._active() / file), shown)
        locations = None if search is None else list(search)
        return spec_from_file_location(fullname, shown, loader=loader, submodule_search_locations=locations)
