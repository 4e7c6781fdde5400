"""StoreImports: the application's modules come from the active release of a store.

The finder stands first on `sys.meta_path`, so an installed or checked-out copy of the application is not
found instead. `switch` changes the active release for all imports that follow; modules that are loaded
already are the live patch's business.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import Distribution, DistributionFinder, PathDistribution
from pathlib import Path
from types import ModuleType

from packaging.utils import canonicalize_name

from ..errors import StoreCorrupt
from .current import CURRENT
from .loading import ReleasePathFinder
from .release import Release
from .store import Store

__all__ = ["StoreImports"]


class StoreImports(DistributionFinder):
    """Where imports of the application come from: implements `patch.ImportRoot` for a store."""

    def __init__(self, store: Store, release: Release) -> None:
        self._store = store.root
        self._shown = store.root / CURRENT
        self._active = release.root
        self._top = ReleasePathFinder(self._shown, lambda: self._active)

    @property
    def active(self) -> Path:
        """The versioned root that new imports come from."""
        return self._active

    @property
    def names(self) -> tuple[str, ...]:
        """The top-level packages and modules of the active release, sorted."""
        return tuple(sorted({name for name, _ in self._top.iter_modules()} | set(self._namespaces())))

    def install(self) -> None:
        """Put the finder first. Doing it twice is doing it once."""
        if self in sys.meta_path:
            return
        sys.meta_path.insert(0, self)
        sys.path_hooks.insert(0, self._hook)
        self._forget_finders()

    def uninstall(self) -> None:
        """Take the finder out. Modules that came through it stay loaded."""
        if self not in sys.meta_path:
            return
        sys.meta_path.remove(self)
        sys.path_hooks.remove(self._hook)
        self._forget_finders()

    def switch(self, root: Path) -> Callable[[], None]:
        """New imports now come from this unpacked release; returns the undo. Raises `StoreCorrupt`."""
        if not root.is_dir():
            raise StoreCorrupt(
                expected=f"an unpacked release at {root}",
                got="no such folder",
                do="unpack its wheel again with `upward unpack`",
            )
        before, self._active = self._active, root.resolve()

        def undo() -> None:
            self._active = before

        return undo

    def presented(self, root: Path) -> Path:
        """What `__file__`, `__path__` and `__spec__` show for files of `root`: the store's `current`.

        A tree that is not in this store shows itself.
        """
        return self._shown if root.resolve().is_relative_to(self._store) else root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of the active release; None for every other module."""
        if path is not None:
            return PathFinder.find_spec(fullname, path, target) if any(map(self._ours, path)) else None
        spec = self._top.find_spec(fullname)
        if spec is None or spec.loader is not None:
            return spec
        return self._namespace(spec)

    def find_distributions(
        self,
        context: DistributionFinder.Context = DistributionFinder.Context(),  # noqa: B008 - the stdlib's own
    ) -> Iterable[Distribution]:
        """The running release, for `importlib.metadata`; nothing when the caller names a path to look in."""
        if "path" in vars(context):
            return
        for folder in self._active.glob("*.dist-info"):
            name = folder.name.removesuffix(".dist-info").rpartition("-")[0]
            if context.name is None or canonicalize_name(context.name) == canonicalize_name(name):
                yield PathDistribution(folder)

    def invalidate_caches(self) -> None:
        """Nothing is cached: a release never changes."""

    def _namespace(self, spec: ModuleSpec) -> ModuleSpec | None:
        """A folder without `__init__.py`: a portion of a namespace package, by the rules of `sys.path`."""
        elsewhere = PathFinder.find_spec(spec.name)
        if elsewhere is not None and elsewhere.loader is not None:
            return None  # a real package of that name comes before any portion
        if elsewhere is None and spec.name not in self._namespaces():
            return None  # a folder of data
        ours = spec.submodule_search_locations or []
        others = (elsewhere.submodule_search_locations or []) if elsewhere is not None else []
        spec.submodule_search_locations = _NamespacePath([*ours, *others])
        return spec

    def _namespaces(self) -> Iterator[str]:
        """Top-level folders without `__init__.py` that have Python modules somewhere below."""
        for folder in self._active.iterdir():
            plain = folder.name.isidentifier() and folder.is_dir() and not (folder / "__init__.py").is_file()
            if plain and any(folder.rglob("*.py")):
                yield folder.name

    def _hook(self, path: str) -> ReleasePathFinder:
        """A `sys.path_hooks` entry for the folders below `current`."""
        if not self._ours(path):
            raise ImportError(f"not below {self._shown}", path=path)
        inner = Path(path).relative_to(self._shown)
        return ReleasePathFinder(Path(path), lambda: self._active / inner)

    def _ours(self, path: str) -> bool:
        shown = str(self._shown)
        return path == shown or path.startswith(shown + os.sep)

    def _forget_finders(self) -> None:
        for path in [path for path in sys.path_importer_cache if self._ours(path)]:
            with contextlib.suppress(KeyError):  # another thread may have been faster
                del sys.path_importer_cache[path]


class _NamespacePath(list[str]):
    """A namespace package's `__path__`; importlib.resources knows one by its repr."""

    def __repr__(self) -> str:
        return f"_NamespacePath({super().__repr__()})"
