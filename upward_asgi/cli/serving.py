"""uvicorn, run from here: the application on a TCP socket, and the admin API on a unix socket beside it."""

from __future__ import annotations

import copy
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket as Socket  # noqa: N812
from typing import cast

import anyio
import uvicorn
from uvicorn._types import ASGIApplication
from uvicorn.config import LOGGING_CONFIG

from ..errors import ConfigurationError
from .sockets import listen_tcp, listen_unix, unlink_own, url_of

__all__ = ["Listening", "serve"]


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and how to listen."""

    host: str
    port: int
    ws: str = "auto"
    loop: str = "auto"
    log_level: str = "info"
    shutdown_timeout: int = 10
    """Seconds that connections have to end in."""


class _Server(uvicorn.Server):
    """A uvicorn server that says when it listens, and for which a signal to stop is an ordinary end."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], *, signals: bool) -> None:
        super().__init__(config)
        self._ready = ready
        self._signals = signals

    def on_ready(self, also: Callable[[], object]) -> None:
        """Call `also` first once the server listens."""
        then = self._ready

        def ready() -> None:
            also()
            then()

        self._ready = ready

    async def startup(self, sockets: list[Socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's own, but it does not raise the signal again afterwards: stopping is status 0."""
        numbers = (signal.SIGINT, signal.SIGTERM) if self._signals else ()
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    app: object,
    listening: Listening,
    ready: Callable[[str], None],
    *,
    side_app: object = None,
    side_path: Path | None = None,
) -> None:
    """Serve until a signal comes; `ready` is called with the URL once requests are answered.

    Raises `ConfigurationError` when the address cannot be had or the application does not start.
    """
    tcp = listen_tcp(listening.host, listening.port)
    try:
        side_socket = listen_unix(side_path) if side_path else None
    except ConfigurationError:
        tcp.close()
        raise
    main = _Server(_config(app, listening), lambda: ready(url_of(tcp)), signals=True)
    side = _Server(_config(side_app, listening, alone=True), lambda: None, signals=False)
    run = _Run(main, tcp, side if side_socket else None, side_socket)
    try:
        loop_factory = main.config.get_loop_factory()
        anyio.run(run.carry_out, backend_options={"loop_factory": loop_factory})
    finally:
        tcp.close()
        if side_socket is not None and side_path is not None:
            side_socket.close()
            unlink_own(side_path)


@dataclass(slots=True)
class _Run:
    """The servers of one process, from start to end."""

    main: _Server
    tcp: Socket
    side: _Server | None
    side_socket: Socket | None
    failed: bool = False

    async def carry_out(self) -> None:
        """Serve; the side server starts when the engine runs, which the main one's lifespan starts."""
        async with anyio.create_task_group() as tasks:
            if self.side is not None and self.side_socket is not None:
                side, socket = self.side, self.side_socket
                self.main.on_ready(lambda: tasks.start_soon(side.serve, [socket]))
            await self._main()
            if self.side is not None:
                self.side.should_exit = True
        if self.failed:
            raise ConfigurationError(
                expected="the application to start",
                got="a failure in its lifespan start-up (the log above shows it)",
                do="mend the release, or choose another with `upward permanent VERSION --store DIR`",
            )

    async def _main(self) -> None:
        try:
            await self.main.serve([self.tcp])
        except SystemExit:  # how uvicorn says that the lifespan failed
            self.failed = True


def _config(app: object, listening: Listening, *, alone: bool = False) -> uvicorn.Config:
    try:
        return uvicorn.Config(
            cast("ASGIApplication", app),
            host=listening.host,
            port=listening.port,
            ws="none" if alone else listening.ws,
            loop=listening.loop,
            lifespan="off" if alone else "on",
            access_log=not alone,  # the audit line is there
            log_level=listening.log_level,
            log_config=_log_config(listening.log_level),
            timeout_graceful_shutdown=1 if alone else listening.shutdown_timeout,
        )
    except (ImportError, KeyError, ValueError) as error:
        raise ConfigurationError(
            expected="uvicorn to take --ws and --loop",
            got=f"{type(error).__name__}: {error}",
            do="leave them out, or install what they need",
        ) from error


def _log_config(level: str) -> dict[str, object]:
    """uvicorn's, with everything on standard error (standard output has the ready line) and our loggers."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    config["loggers"]["upward_asgi"] = {"handlers": ["default"], "level": level.upper(), "propagate": False}
    return cast("dict[str, object]", config)
