"""What a rebuilt application keeps, what it refuses, and that a failing rebuild changes nothing."""

from __future__ import annotations

import importlib
import itertools
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from packaging.version import Version

from upward_asgi import NotHot
from upward_asgi.appup import make_appup
from upward_asgi.errors import PatchFailed
from upward_asgi.patch import SysPathImports, prepare
from upward_asgi.patch.frameworks import Framework, framework_of, register
from upward_asgi.testing import hot_swap

pytestmark = pytest.mark.timeout(120)

_NUMBERS = itertools.count()
HEAD = "from fastapi import FastAPI, APIRouter, Request\n"
HOME = HEAD + 'app = FastAPI()\n@app.get("/")\ndef home(request: Request):\n    return "old"\n'

Load = Callable[[str, str], tuple[Any, Path, Path]]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Writes a module in two versions and imports the old one."""
    names: list[str] = []

    def load(old: str, new: str) -> tuple[Any, Path, Path]:
        name = f"routes_state_{next(_NUMBERS)}"
        names.append(name)
        for version, text in (("old", old), ("new", new)):
            (tmp_path / name / version).mkdir(parents=True)
            (tmp_path / name / version / f"{name}.py").write_text(textwrap.dedent(text))
        sys.path.insert(0, str(tmp_path / name / "old"))
        return importlib.import_module(name), tmp_path / name / "old", tmp_path / name / "new"

    path = list(sys.path)
    yield load
    sys.path[:] = path
    for name in names:
        sys.modules.pop(name, None)


async def get(app: Any, path: str) -> tuple[int, str]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://t") as client:
        response = await client.get(path)
        return response.status_code, response.text


async def test_a_changed_body_alone_builds_nothing(load: Load) -> None:
    """The router, every route and the middleware stack stay the very same objects; the handler is new."""
    module, old, new = load(HOME, HOME.replace('"old"', '"new"'))
    assert await get(module.app, "/") == (200, '"old"')
    before = (module.app.router, list(module.app.routes), module.app.middleware_stack)
    hot_swap(old, new)
    assert (module.app.router, list(module.app.routes), module.app.middleware_stack) == before
    assert await get(module.app, "/") == (200, '"new"')


async def test_undo_brings_back_the_very_objects(load: Load) -> None:
    """Router, routes, stack and the cached OpenAPI document are those from before, not equal ones."""
    module, old, new = load(HOME, HOME.replace('"/"', '"/new"'))
    app = module.app
    await get(app, "/openapi.json")
    before = dict(app.__dict__)
    swap = hot_swap(old, new)
    assert app.openapi_schema is None and app.router is not before["router"]
    assert await get(app, "/new") == (200, '"old"')
    swap.undo()
    assert list(app.__dict__) == list(before)
    assert all(app.__dict__[name] is value for name, value in before.items())


async def test_what_the_service_put_on_it_stays(load: Load) -> None:
    """Attributes and state that the running service set survive; state of the module is not set again."""
    text = HOME + "app.state.rooms = {}\n"
    module, old, new = load(text, text.replace('"/"', '"/new"'))
    module.app.state.rooms["a"] = 1
    module.app.pool = pool = object()
    module.app.dependency_overrides[len] = len
    hot_swap(old, new)
    assert module.app.state.rooms == {"a": 1}
    assert module.app.pool is pool
    assert module.app.dependency_overrides == {len: len}


async def test_whoever_holds_it_serves_the_new_routes(load: Load) -> None:
    """A wrapper made at import keeps its own identity and reaches the rebuilt application."""
    text = HOME + (
        "class Wrapper:\n    def __init__(self, app):\n        self.app = app\n        self.calls = 0\n"
        "    async def __call__(self, scope, receive, send):\n        self.calls += 1\n"
        "        await self.app(scope, receive, send)\n"
        "served = Wrapper(app)\n"
    )
    module, old, new = load(text, text.replace('"/"', '"/new"'))
    served = module.served
    assert (await get(served, "/"))[0] == 200
    hot_swap(old, new)
    assert module.served is served and served.calls == 1
    assert (await get(served, "/new"))[0] == 200


async def test_an_application_that_wraps_itself(load: Load) -> None:
    """`app = Middleware(app)`: both objects keep their identity, the inner one its state."""
    text = (
        HOME
        + "from starlette.middleware.gzip import GZipMiddleware\napp = GZipMiddleware(app, minimum_size=9)\n"
    )
    module, old, new = load(text, text.replace('"/"', '"/new"').replace("=9", "=11"))
    outer, inner = module.app, module.app.app
    inner.state.kept = 1
    hot_swap(old, new)
    assert module.app is outer and outer.app is inner
    assert outer.minimum_size == 11 and inner.state.kept == 1
    assert [status for status, _ in [await get(outer, "/"), await get(outer, "/new")]] == [404, 200]


async def test_a_failing_rebuild_is_undone(load: Load) -> None:
    """A statement that raises half way through, live only, leaves application and routes as they were."""
    text = HOME.replace("app = ", "import sys\napp = ")
    failing = text + "if hasattr(sys, '_fail_routes'):\n    raise RuntimeError('no')\n"
    failing = failing.replace('"/"', '"/new"') + "app.add_middleware(getattr(sys, '_fail_routes', object))\n"
    failing = failing.replace(
        "getattr(sys, '_fail_routes', object)", "object if not hasattr(sys, '_fail_routes') else sys.nothing"
    )
    module, old, new = load(text, failing)
    before = dict(module.app.__dict__)
    versions = {"old_version": Version("1.0.0"), "new_version": Version("1.0.1")}
    appup = make_appup(old, new, **versions)
    prepared = prepare(appup.up, old=old, new=new, imports=SysPathImports(old))
    sys._fail_routes = True  # type: ignore[attr-defined]
    try:
        with pytest.raises(PatchFailed):
            prepared.apply()
    finally:
        del sys._fail_routes  # type: ignore[attr-defined]
    assert all(module.app.__dict__[name] is value for name, value in before.items())
    assert await get(module.app, "/") == (200, '"old"')


def test_routes_added_at_run_time_are_refused(load: Load) -> None:
    """An application that a function added to is not built again behind its back."""
    text = HOME + "def late():\n    app.mount('/late', APIRouter())\n"
    module, old, new = load(text, text.replace('"/"', '"/new"'))
    module.late()
    routes = list(module.app.router.routes)
    with pytest.raises(NotHot, match="added at run time"):
        hot_swap(old, new)
    assert module.app.router.routes == routes


def test_a_function_that_would_add_routes_was_never_called(load: Load) -> None:
    """Then there is nothing to lose: the release goes, and comes back."""
    text = HOME + "def late():\n    app.mount('/late', APIRouter())\n"
    module, old, new = load(text, text.replace('"/"', '"/new"'))
    swap = hot_swap(old, new)
    assert "/new" in [getattr(route, "path", "") for route in module.app.routes]
    swap.undo()
    assert "/new" not in [getattr(route, "path", "") for route in module.app.routes]


def test_an_adapter_adds_its_framework() -> None:
    """A registered class and its subclasses are recognised by name, nothing else is."""

    class Own:
        pass

    class Sub(Own):
        pass

    assert framework_of(Sub) is None
    framework = Framework(f"{__name__}:{Own.__qualname__}", carried=("rooms",))
    register(framework)
    assert framework_of(Sub) is framework and framework_of(dict) is None


async def test_two_handlers_of_one_name(load: Load) -> None:
    """Each goes on as itself when the application is built again, though only one is found under the name."""
    text = HOME + (
        '\n@app.get("/one")\ndef two():\n    return 1\n\n@app.get("/two")\nasync def two():\n    return 2\n'
    )
    module, old, new = load(text, text.replace('"/"', '"/new"').replace("return 1", "return 11"))
    by_path = {route.path: route.endpoint for route in module.app.routes}
    swap = hot_swap(old, new)
    assert [await get(module.app, path) for path in ("/one", "/two")] == [(200, "11"), (200, "2")]
    now = {route.path: route.endpoint for route in module.app.routes}
    assert all(now[path] is by_path[path] for path in ("/one", "/two"))
    assert module.two is now["/two"]
    swap.undo()
    assert [await get(module.app, path) for path in ("/one", "/two")] == [(200, "1"), (200, "2")]


async def test_a_wrong_request_is_answered_with_the_new_place(load: Load) -> None:
    """FastAPI remembers in which file and line a handler stands; after the patch it is the new release's."""
    text = HOME + (
        "from fastapi.exceptions import RequestValidationError\n"
        "from fastapi.responses import PlainTextResponse\n"
        "@app.exception_handler(RequestValidationError)\n"
        "async def wrong(request, error):\n    return PlainTextResponse(str(error), 400)\n"
        '@app.get("/n/{n}")\ndef number(n: int):\n    return n\n'
    )
    module, old, new = load(text, text.replace("return n\n", "return n + 1\n"))
    before = await get(module.app, "/n/x")
    swap = hot_swap(old, new)
    answer = await get(module.app, "/n/x")
    assert answer == (400, before[1].replace(str(old), str(new)))
    swap.undo()
    assert await get(module.app, "/n/x") == before
