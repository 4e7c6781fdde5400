"""An application under the middleware in the test's own process, without a server: for reports and memory."""

from __future__ import annotations

import itertools
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.wheels import write_wheel
from upward_asgi import Upward
from upward_asgi.cli.report import report_text
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, OperationState, Timeouts

__all__ = ["ServeModule", "Service", "server_of_modules"]

_NUMBERS = itertools.count()


class Service:
    """An application under the middleware, in this process."""

    def __init__(self, upward: Upward, module: str) -> None:
        self.upward = upward
        assert upward.engine is not None
        self.engine = upward.engine
        self._module = module

    @property
    def app(self) -> Any:
        return sys.modules[self._module]

    async def upgrade(self) -> dict[str, Any]:
        """The report of an upgrade that succeeds."""
        return self.report_of(await self.engine.finished(self.engine.upgrade().id, 50))

    async def downgrade(self) -> dict[str, Any]:
        return self.report_of(await self.engine.finished(self.engine.downgrade().id, 50))

    def report_of(self, operation: Operation) -> dict[str, Any]:
        assert operation.state is OperationState.SUCCEEDED, operation.report
        self.text = report_text(operation.to_json())
        return operation.report


ServeModule = Callable[..., AbstractAsyncContextManager[Service]]


def server_of_modules(folder: Path, names: list[str]) -> ServeModule:
    """Serves releases of one module, 1.0.0 first; `names` gets the packages that it has made."""

    @asynccontextmanager
    async def serve(*releases: str, **options: Any) -> AsyncIterator[Service]:
        name = f"alone{next(_NUMBERS)}"
        names.append(name)
        options.setdefault("timeouts", Timeouts(leftovers_seconds=60.0))  # the machine may be a slow one
        store = Store.create(folder / "releases")
        for patch, text in enumerate(releases):
            files = {"__init__.py": "", "app.py": text}
            store.unpack(write_wheel(folder, name, f"1.0.{patch}", files))
        upward = Upward(f"{name}.app:app", store=store.root, **options)
        service = Service(upward, f"{name}.app")
        async with service.engine.run():
            yield service

    return serve
