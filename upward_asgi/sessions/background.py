"""A task beside the sessions that goes on with new code after an upgrade, without being ended.

A loop that is written as `while True:` stays in its old frame for ever. So the loop is ours: it calls the
user's function again and again, or steps through the async generator that it makes. Between two calls, or
at a `yield`, is a safe point: there the function is looked up anew by its name.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import anyio

from ..errors import ConfigurationError
from .functions import function_now

__all__ = ["Background", "background"]

_LOG = logging.getLogger("upward_asgi.background")
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 30.0

Step = Callable[..., Awaitable[object] | AsyncIterator[object]]


def background(
    function: Step, *args: object, every: float | None = None, name: str | None = None
) -> AbstractAsyncContextManager[Background]:
    """Run `function(*args)` again and again while the context is open, with new code after an upgrade.

    `function` is an async function, called every `every` seconds (at once again without it), or an async
    generator function, whose every `yield` is a safe point; when a generator ends it is made anew.
    What it raises is logged, and it is tried again after a pause that doubles from 0.1 s up to 30 s.

    ```python
    @asynccontextmanager
    async def lifespan(app):
        async with upward_asgi.background(tick, every=1.0):
            yield
    ```
    """
    return _running(Background(function, args, every=every, name=name))


@asynccontextmanager
async def _running(task: Background) -> AsyncIterator[Background]:
    # What the body raises is kept from the task group, which would wrap it.
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(task.run, name=task.name)
        try:
            yield task
        except Exception as error:
            failure = error
        finally:
            tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


class Background:
    """A supervised task."""

    def __init__(
        self, function: Step, args: tuple[object, ...], *, every: float | None, name: str | None
    ) -> None:
        if not (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
            raise ConfigurationError(
                expected="an async function, or an async generator function",
                got=repr(function),
                do="define it with async def; for blocking work call anyio.to_thread.run_sync in it",
            )
        self.name = name or f"{function.__module__}.{function.__qualname__}"
        """What the log calls it."""
        self.failures = 0
        """How many times in a row it raised."""
        self._first = function
        self._args = args
        self._every = every

    @property
    def function(self) -> Step:
        """The function as its module has it now; the one that was given when the name is gone."""
        return function_now(self._first) or self._first

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            try:
                await self._once()
                self.failures = 0
            except Exception:
                self.failures += 1
                _LOG.exception("background task %s failed (%d in a row)", self.name, self.failures)
                await anyio.sleep(self._pause)
                continue
            # At least once round the loop: a function that never waits must not keep others from running.
            await anyio.sleep(self._every or 0)

    @property
    def _pause(self) -> float:
        return float(min(_FIRST_PAUSE * 2 ** min(self.failures - 1, 16), _LONGEST_PAUSE))

    async def _once(self) -> None:
        function = self.function
        made = function(*self._args)
        if isinstance(made, AsyncGenerator):
            await self._step_through(function, made)
        elif inspect.isawaitable(made):
            await made

    async def _step_through(self, function: Step, steps: AsyncGenerator[object, object]) -> None:
        """From `yield` to `yield`, until the generator ends or its code is no longer the function's."""
        async with aclosing(steps):
            async for _ in steps:
                self.failures = 0
                if self.function is not function or _code_of(function) is not getattr(steps, "ag_code", None):
                    return
                await anyio.sleep(self._every or 0)


def _code_of(function: Step) -> object:
    """The code below decorators that keep to `functools.wraps`."""
    return getattr(inspect.unwrap(function), "__code__", None)
