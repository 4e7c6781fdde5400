"""uvicorn, run from here: the application on a TCP socket, and the admin API on a unix socket beside it."""

from __future__ import annotations

import copy
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socket import socket as Socket  # noqa: N812
from typing import TYPE_CHECKING, cast

import anyio
import uvicorn
from uvicorn.config import LOGGING_CONFIG

from ..errors import ConfigurationError
from .sockets import Sockets

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

__all__ = ["Settings", "serve"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What uvicorn is told."""

    ws: str = "auto"
    loop: str = "auto"
    log_level: str = "info"
    shutdown_timeout: int = 10
    """Seconds that connections have to end in."""


def serve(
    app: object, sockets: Sockets, settings: Settings, ready: Callable[[], None], side_app: object = None
) -> None:
    """Serve until a signal comes; `ready` is called once requests are answered.

    `side_app` is served on `sockets.admin`. Raises `ConfigurationError` when the application does not start.
    """
    main = _Server(_config(app, settings), ready, signals=True)
    side = None if side_app is None else _Server(_config(side_app, settings, alone=True), signals=False)
    loop_factory = main.config.get_loop_factory()
    started = anyio.run(_serve, main, side, sockets, backend_options={"loop_factory": loop_factory})
    if not started:
        raise ConfigurationError(
            expected="the application to start",
            got="a failure in its lifespan start-up (the log above shows it)",
            do="mend the release, or choose another with `upward permanent VERSION --store DIR`",
        )


async def _serve(main: _Server, side: _Server | None, sockets: Sockets) -> bool:
    """Run the servers; the side one from when the engine runs, which the main one's lifespan starts.

    Returns False when the main one could not start.
    """
    async with anyio.create_task_group() as tasks:
        if side is not None and sockets.admin is not None:
            admin = sockets.admin
            main.once_started = lambda: tasks.start_soon(side.serve, [admin])
        try:
            await main.serve([sockets.tcp])
        except SystemExit:  # how uvicorn says that the lifespan failed
            return False
        finally:
            if side is not None:
                side.should_exit = True
    return True


class _Server(uvicorn.Server):
    """A uvicorn server that says when it listens, and for which a signal to stop is an ordinary end."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None] = lambda: None, *, signals: bool
    ) -> None:
        super().__init__(config)
        self.once_started: Callable[[], object] = lambda: None
        self._ready = ready
        self._signals = signals

    async def startup(self, sockets: list[Socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self.once_started()
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


def _config(app: object, settings: Settings, *, alone: bool = False) -> uvicorn.Config:
    """uvicorn's settings, with what they name imported. Raises `ConfigurationError`."""
    config = uvicorn.Config(
        cast("ASGIApplication", app),
        ws="none" if alone else settings.ws,
        loop=settings.loop,
        lifespan="off" if alone else "on",
        access_log=not alone,  # the audit line is there
        log_level=settings.log_level,
        log_config=_log_config(settings.log_level),
        timeout_graceful_shutdown=1 if alone else settings.shutdown_timeout,
    )
    try:
        config.load()
        config.get_loop_factory()
    except (ImportError, SystemExit) as error:
        raise ConfigurationError(
            expected=f"what --ws {settings.ws} and --loop {settings.loop} need",
            got=str(error) or "an import that failed (the log above shows it)",
            do="install it, or leave the option out",
        ) from error
    return config


def _log_config(level: str) -> dict[str, object]:
    """uvicorn's, with everything on standard error (standard output has the ready line) and our loggers."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    config["loggers"]["upward_asgi"] = {"handlers": ["default"], "level": level.upper(), "propagate": False}
    return cast("dict[str, object]", config)
