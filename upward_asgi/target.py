"""What `Upward` serves: an application object, one named by a text, or one that comes from a store."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .errors import ConfigurationError

if TYPE_CHECKING:
    from .store import Release, Store, StoreImports

__all__ = ["ObjectTarget", "StoreTarget", "Target", "TextTarget"]

App = Callable[[Any, Any, Any], Awaitable[None]]


class Target(Protocol):
    """The served application; `app` may be another object after an upgrade."""

    app: App


class ObjectTarget:
    """An application object."""

    def __init__(self, app: App) -> None:
        self.app = app


class TextTarget:
    """An application named `package.module:attribute`."""

    def __init__(self, text: str) -> None:
        self._module, self._attributes = _parse(text)
        self.app = self.look_up()

    def look_up(self) -> App:
        """The object that the text names now. Raises `ConfigurationError`, or what the import raises."""
        found: object = import_module(self._module)
        for name in self._attributes:
            found = getattr(found, name, None)
        if not callable(found):
            raise ConfigurationError(
                expected=f"an ASGI application at {self}",
                got="no such attribute" if found is None else f"a {type(found).__name__}",
                do="name the module and the attribute that holds the application",
            )
        return found

    @property
    def package(self) -> str:
        """The top-level package of the module."""
        return self._module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self._module}:{'.'.join(self._attributes)}"


class StoreTarget:
    """An application of a store's release; what `upgrade.Application` asks for.

    An application object cannot be looked up again: it stays the one that is served, and a patch changes it
    in place.
    """

    def __init__(self, app: str | App, store: Store) -> None:
        self.release: Release
        """The release that was booted."""
        self.imports: StoreImports
        """Where the application is imported from."""
        self._text: TextTarget | None = None
        if isinstance(app, str):
            self.release = store.boot()
            self.imports = _installed(store, self.release)
            self._require_own_modules(store)
            self._text = TextTarget(app)
            self.app = self._text.app
            self._require_own_modules(store)
        else:
            self.imports = _installed_already(store)
            self.release = store.current() or store.boot()
            self.app = app

    @property
    def packages(self) -> tuple[str, ...]:
        """The top-level packages and modules of the release."""
        return self.imports.names

    def reload(self) -> Callable[[], None]:
        """Look the application up again and serve it from now on; returns the undo."""
        before = self.app

        def undo() -> None:
            self.app = before

        if self._text is not None:
            self.app = self._text.look_up()
        return undo

    def _require_own_modules(self, store: Store) -> None:
        from .upgrade.application import require_import_from

        require_import_from(store.root, self.packages)


def _installed(store: Store, release: Release) -> StoreImports:
    """The store's finder, put first on `sys.meta_path`."""
    from .store import StoreImports

    known = _finders_of(store)
    if known:
        known[0].switch(release.root)
        return known[0]
    imports = StoreImports(store, release)
    imports.install()
    return imports


def _installed_already(store: Store) -> StoreImports:
    """The finder that `upward run` installed; one that is not installed when there is none.

    An upgrade then says `ImportedElsewhere`, and until somebody asks for one the service just runs.
    """
    from .store import StoreImports

    known = _finders_of(store)
    return known[0] if known else StoreImports(store, store.current() or store.boot())


def _finders_of(store: Store) -> list[StoreImports]:
    from .store import StoreImports

    finders = [finder for finder in sys.meta_path if isinstance(finder, StoreImports)]
    return [finder for finder in finders if _root_of(finder) == store.root.resolve()]


def _root_of(finder: StoreImports) -> Path:
    """The store that an active release `STORE/VERSION` belongs to."""
    return finder.active.parent.resolve()


def _parse(text: str) -> tuple[str, list[str]]:
    module, colon, attributes = text.partition(":")
    if not (module and colon and attributes):
        raise ConfigurationError(
            expected='an application as "package.module:attribute"', got=repr(text), do="name it like that"
        )
    return module, attributes.split(".")
