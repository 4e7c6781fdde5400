"""The live modules themselves: their places, names and entries in `sys.modules`."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import linecache
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from ..appup.trees import Module, Tree
from .journal import Journal
from .order import put_in_order
from .roots import ImportRoot

__all__ = [
    "delete_module",
    "follow_namespaces",
    "imported_modules",
    "live_modules",
    "made_below",
    "names_below",
    "rename_module",
    "snapshot_modules",
    "update_place",
]


def live_modules(packages: frozenset[str]) -> dict[str, ModuleType]:
    """The imported modules of the named top-level packages, in import order."""
    found = {name: sys.modules.get(name) for name in names_below(packages)}
    return {name: module for name, module in found.items() if isinstance(module, ModuleType)}


def names_below(packages: Iterable[str]) -> list[str]:
    """The names of the imported modules of these top-level packages, in import order."""
    # Asked often, of a thousand names, within a step that everybody waits for: the cheap question first.
    near = tuple(packages)
    return [n for n in list(sys.modules) if n.startswith(near) and n.partition(".")[0] in near]


def imported_modules() -> frozenset[str]:
    """The names of all imported modules; what runs as `__main__` counts under its own names too."""
    main = sys.modules.get("__main__")
    return frozenset(sys.modules) | set(_names_of_main(main) if main is not None else ())


def _names_of_main(main: ModuleType) -> Iterator[str]:
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        yield spec.name
    parts = Path((getattr(main, "__file__", None) or "").removesuffix(".py")).parts
    yield from (".".join(parts[start:]) for start in range(len(parts)))  # whatever the root is


def snapshot_modules(journal: Journal, packages: frozenset[str]) -> None:
    """Undo takes modules out that the patch imported, and puts back those that it removed."""
    before = {name: sys.modules[name] for name in names_below(packages)}
    order = list(sys.modules)

    def undo() -> None:
        for name in [name for name in names_below(packages) if name not in before]:
            del sys.modules[name]
        sys.modules.update(before)
        put_in_order(sys.modules, order)

    journal.on_undo(undo)
    for module in before.values():
        if isinstance(module, ModuleType):
            journal.contents(module.__dict__)


def delete_module(journal: Journal, name: str) -> None:
    """The module is no longer imported, nor an attribute of its package."""
    module = sys.modules.pop(name, None)  # undone by `snapshot_modules`
    parent, _, child = name.rpartition(".")
    package = sys.modules.get(parent)
    if package is not None and package.__dict__.get(child) is module:
        journal.delete_item(package.__dict__, child)


def made_below(name: str, tree: Tree) -> list[str]:
    """The modules below a name that no file of the release is behind: some module made them in memory."""
    return [below for below in list(sys.modules) if below.startswith(f"{name}.") and below not in tree]


def rename_module(journal: Journal, before: str, after: str) -> None:
    """The live module goes on under another name; its definitions say so too."""
    module = sys.modules.get(before)
    if module is None:
        return
    delete_module(journal, before)
    sys.modules[after] = module
    journal.set_item(module.__dict__, "__name__", after)
    parent, _, child = after.rpartition(".")
    if parent in sys.modules:
        journal.set_item(sys.modules[parent].__dict__, child, module)
    for value in list(module.__dict__.values()):
        if getattr(value, "__module__", None) != before:
            continue
        if isinstance(value, type):
            journal.set_class(value, "__module__", after)
            for member in list(value.__dict__.values()):
                _say_module(journal, member, before, after)
        else:
            _say_module(journal, value, before, after)


def _say_module(journal: Journal, value: object, before: str, after: str) -> None:
    if (
        callable(value)
        and getattr(value, "__dict__", None) is not None
        and getattr(value, "__module__", None) == before
    ):
        journal.set_attribute(value, "__module__", after)


def update_place(journal: Journal, live: ModuleType, module: Module, root: Path, imports: ImportRoot) -> bool:
    """`__file__`, `__path__`, `__spec__`, `__loader__` and `linecache` agree with the new release.

    Returns True when values computed from the presented path are dirty: it is another one, or the module asks
    what lies behind it (`Path(__file__).resolve()`), which is the folder of one release.
    """
    presented = imports.presented(root) / module.path.relative_to(root)
    spec = getattr(live, "__spec__", None)
    if not isinstance(spec, importlib.machinery.ModuleSpec):
        return False
    namespace = live.__dict__
    before = namespace.get("__file__")
    loader = importlib.machinery.SourceFileLoader(module.name, str(module.path))
    new = importlib.machinery.ModuleSpec(
        module.name, loader, origin=str(presented), is_package=module.is_package
    )
    new.has_location = True
    new.cached = importlib.util.cache_from_source(str(presented))
    journal.set_item(namespace, "__spec__", new)
    journal.set_item(namespace, "__loader__", loader)
    journal.set_item(namespace, "__file__", str(presented))
    journal.set_item(namespace, "__cached__", new.cached)
    journal.set_item(namespace, "__package__", module.package)
    _update_path(journal, live, new, presented.parent if module.is_package else None)
    for name in {str(presented), str(before)}:
        linecache.cache.pop(name, None)  # read again when asked for: an undo needs nothing put back
    return before != str(presented) or _resolves_its_place(module)


def follow_namespaces(packages: Iterable[str]) -> None:
    """Packages without `__init__.py` work out their search path from their parent's when asked: ask them."""
    for name in names_below(packages):
        spec = getattr(sys.modules[name], "__spec__", None)
        if spec is not None and isinstance(spec.loader, importlib.machinery.NamespaceLoader):
            tuple(spec.submodule_search_locations or ())


def _resolves_its_place(module: Module) -> bool:
    source = module.source
    return b"__file__" in source and (b"resolve(" in source or b"realpath" in source)


def _update_path(
    journal: Journal, live: ModuleType, spec: importlib.machinery.ModuleSpec, folder: Path | None
) -> None:
    """The search path of a package is changed in place: importlib and others may hold the list."""
    path = live.__dict__.get("__path__")
    if folder is None:
        if path is not None:
            journal.delete_item(live.__dict__, "__path__")
        return
    if type(path) is not list:
        journal.set_item(live.__dict__, "__path__", [str(folder)])
    else:
        journal.contents(path)
        before = path[0] if path else None
        path[:] = [str(folder) if entry == before else entry for entry in path] or [str(folder)]
    spec.submodule_search_locations = live.__dict__["__path__"]
