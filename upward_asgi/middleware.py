"""`Upward`: where ASGI meets the rest.

Every WebSocket becomes a session, and so does every stream of events. Other HTTP requests pass through, but
for those below the admin API's prefix.
The lifespan runs the upgrade engine round the application's own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ConfigurationError
from .sessions.channel import Message, Receive, Send
from .sessions.registry import Sessions
from .sessions.routes import Routes
from .sessions.serving import Connection
from .sessions.sse import serve_events, wants_events
from .target import ObjectTarget, StoreTarget, Target, TextTarget

if TYPE_CHECKING:
    from .admin import Admin
    from .store import Store
    from .upgrade import Engine

__all__ = ["ASGIApp", "Upward"]

# Any: an ASGI scope is an open mapping by specification.
Scope = MutableMapping[str, Any]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


_FAILED = 500


class Upward:
    """Wraps an ASGI application so that it can take patch releases while it runs.

    `app` is `"package.module:attribute"` or an ASGI application. With a `store`, a named application is
    imported from the store's permanent release, and upgrades are possible; an application object must
    have been imported from the store already (`upward run` does that). Without a store, sessions are tracked
    and nothing else happens. `upgradable` names routes whose handlers may be restarted without a mark,
    besides those that the release's settings name. `engine_options` go to `upgrade.Engine`.

    Raises `ConfigurationError` for settings that do not fit together, `ImportedElsewhere`, `StoreError`.
    """

    def __init__(
        self,
        app: str | ASGIApp,
        *,
        store: str | Path | None = None,
        admin: Admin | None = None,
        upgradable: Iterable[str] = (),
        **engine_options: Any,
    ) -> None:
        if admin is not None and store is None:
            raise ConfigurationError(
                expected="a store for the admin API to work on",
                got="admin without store",
                do="give store=DIR",
            )
        self.sessions = Sessions()
        """Every open session."""
        self.sessions.routes = Routes(upgradable)
        self.engine: Engine | None = None
        """What carries out upgrades; None without a store."""
        self.store: Store | None = None
        """The store that the application's releases are in."""
        self.admin = admin
        self._admin_app: ASGIApp | None = None
        self.target = self._open(app, store, engine_options)
        """The served application: what the engine looks up again after a patch."""
        self._add_finders()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection. Some servers pass these by keyword, so the names are part of the contract."""
        kind = scope["type"]
        if kind == "http" and self.admin is not None and self._is_admin(scope):
            await self._admin(scope, receive, send)
            return
        if self.sessions.entrance.closed and kind != "lifespan":
            await self.sessions.entrance.passed()  # what begins now begins in the release that comes of it
        if kind == "websocket":
            if self.sessions.held:
                await self.sessions.until_let_go()  # it begins in the release that comes of the upgrade
            async with (connection := Connection(self.sessions, scope, receive, send)) as session:
                if connection.configured:
                    await connection.supervise(self.target, scope)
                else:
                    await self.target.app(scope, session.channel.receive, session.channel.send)
                if session.restart is not None:
                    await connection.serve_again(self.target)
        elif kind == "lifespan":
            await self._lifespan(scope, receive, send)
        elif self.engine is not None and self.engine.on_probation:
            await self._watched(self.engine, scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and wants_events(scope):
            await serve_events(self.sessions, self.target, scope, receive, send)
        else:
            await self.target.app(scope, receive, send)

    async def _watched(self, engine: Engine, scope: Scope, receive: Receive, send: Send) -> None:
        """A request whose failure counts against the release on probation, once."""
        failed = False

        async def watching_send(message: Message) -> None:
            nonlocal failed
            failed = failed or (message["type"] == "http.response.start" and message["status"] >= _FAILED)
            await send(message)

        try:
            await self._request(scope, receive, watching_send)
        except Exception:
            failed = True
            raise
        finally:
            engine.failed_requests += failed

    def _is_admin(self, scope: Scope) -> bool:
        assert self.admin is not None
        path, prefix = scope.get("path", ""), self.admin.prefix
        return bool(path == prefix or path.startswith(f"{prefix}/"))

    async def _admin(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._admin_app is None:
            assert self.admin is not None and self.engine is not None and self.store is not None
            from .admin.api import AdminApp

            self._admin_app = AdminApp(self.admin, self.engine, self.store, self.sessions)
        await self._admin_app(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.engine is None:
            await self.target.app(scope, receive, send)
            return
        failure: Exception | None = None
        async with self.engine.run():
            try:
                await _lifespan_of(self.target, scope, receive, send)
            except Exception as error:
                # Not raised here: the engine's task group would wrap it, and the server must see it as it is.
                failure = error
        if failure is not None:
            raise failure

    def _open(self, app: str | ASGIApp, store: str | Path | None, engine_options: dict[str, Any]) -> Target:
        if store is None:
            if engine_options:
                raise ConfigurationError(
                    expected="a store for the engine to work on",
                    got=f"{', '.join(sorted(engine_options))} without store",
                    do="give store=DIR",
                )
            return TextTarget(app) if isinstance(app, str) else ObjectTarget(app)
        from .store import Store
        from .upgrade import Engine

        self.store = Store.open(store)
        target = StoreTarget(app, self.store)
        self.sessions.release = target.release.version
        self.sessions.routes.of_release(target.release.settings.upgradable)
        self.engine = Engine(
            store=self.store,
            imports=target.imports,
            sessions=self.sessions,
            application=target,
            **engine_options,
        )
        return target

    def _add_finders(self) -> None:
        from .transformers.starlette import find_endpoint

        self.sessions.finders.append(find_endpoint)


async def _lifespan_of(target: Target, scope: Scope, receive: Receive, send: Send) -> None:
    """Run the application's lifespan; for one that has none, answer in its place, so that the engine runs."""
    answered = False

    async def watched_send(message: Message) -> None:
        nonlocal answered
        answered = True
        await send(message)

    try:
        await target.app(scope, receive, watched_send)
    except Exception:
        if answered:
            raise
    if not answered:
        await send({"type": "lifespan.startup.complete"})
        message = await receive()
        while message["type"] != "lifespan.shutdown":
            message = await receive()
        await send({"type": "lifespan.shutdown.complete"})
