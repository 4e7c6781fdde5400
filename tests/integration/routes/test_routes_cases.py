"""Releases that change routes, applied to real FastAPI and Starlette applications with real requests.

Every case goes up, is undone, goes up again and down, and is compared with a fresh start each time: answers,
the OpenAPI document, and the whole of the modules (`hot_swap` refuses what differs).
"""

from __future__ import annotations

import importlib
import itertools
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from upward_asgi.testing import hot_swap

from .case import Case
from .common import CASES as COMMON
from .uncommon import CASES as UNCOMMON

_NUMBERS = itertools.count()

pytestmark = pytest.mark.timeout(120)


class Release:
    """A package with a name of its own, in two versions on disk, imported from the old one."""

    def __init__(self, folder: Path, case: Case) -> None:
        self.package = f"routes_case_{next(_NUMBERS)}"
        self.case = case
        self.old = self._write(folder / "old", case.old)
        self.new = self._write(folder / "new", case.new)
        sys.path.insert(0, str(self.old))
        self.app = self.import_app()

    def _write(self, root: Path, files: Mapping[str, str]) -> Path:
        package = root / self.package
        package.mkdir(parents=True)
        for name, text in {"__init__.py": "", **files}.items():
            (package / name).write_text(textwrap.dedent(text).replace("PKG", self.package))
        return root

    def import_app(self) -> Any:
        return importlib.import_module(f"{self.package}.main").app

    def forget(self) -> None:
        for name in [n for n in sys.modules if n.partition(".")[0] == self.package]:
            del sys.modules[name]
        sys.path[:] = [entry for entry in sys.path if entry not in (str(self.old), str(self.new))]

    def fresh(self, root: Path) -> Any:
        """The application as a fresh start of the release in `root` has it; the living one is hidden."""
        living = {n: m for n, m in sys.modules.items() if n.partition(".")[0] == self.package}
        path = list(sys.path)
        try:
            self.forget()
            sys.path.insert(0, str(root))
            importlib.invalidate_caches()
            return self.import_app()
        finally:
            self.forget()
            sys.path[:] = path
            sys.modules.update(living)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Any]:
    made: list[Release] = []

    def _make(case: Case) -> Release:
        made.append(Release(tmp_path / str(len(made)), case))
        return made[-1]

    yield _make
    for release in made:
        release.forget()


async def answers(app: Any, requests: tuple[tuple[str, str, Any], ...]) -> list[object]:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    found: list[object] = []
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        for method, path, body in (*requests, ("GET", "/openapi.json", None)):
            response = await client.request(method, path, json=body)
            headers = {k: v for k, v in response.headers.items() if k.startswith("x-")}
            found.append((method, path, response.status_code, response.text, headers))
    return found


CASES = {**COMMON, **UNCOMMON}


@pytest.mark.parametrize("name", CASES)
async def test_a_changed_release_answers_as_a_fresh_start(make: Any, name: str) -> None:
    """Up, undone, up again and down: answers and OpenAPI document are those of the release every time."""
    case = CASES[name]
    release = make(case)
    app = release.app
    app.state.live = {"rooms": 1}
    state, router = app.state, app.router
    if hasattr(app, "dependency_overrides"):
        app.dependency_overrides[len] = len
    before = await answers(app, case.requests)
    assert before == await answers(release.fresh(release.old), case.requests)
    expected = await answers(release.fresh(release.new), case.requests)
    assert before != expected

    swap = hot_swap(release.old, release.new)
    assert release.import_app() is app and app.state is state and app.state.live == {"rooms": 1}
    assert (app.router is not router) is case.rebuilt
    assert await answers(app, case.requests) == expected
    swap.undo()
    assert app.router is router
    assert await answers(app, case.requests) == before

    hot_swap(release.old, release.new)
    assert await answers(app, case.requests) == expected
    if not case.down:
        return
    hot_swap(release.new, release.old)
    assert await answers(app, case.requests) == before
    assert app.state is state and app.state.live == {"rooms": 1}
    if hasattr(app, "dependency_overrides"):
        assert app.dependency_overrides == {len: len}
