"""Releases that change routes, applied to real FastAPI and Starlette applications with real requests.

Every case goes up, is undone, goes up again and down, and is compared with a fresh start each time: answers, the
OpenAPI document, and the whole of the modules (`hot_swap` refuses what differs).
"""

from __future__ import annotations

import importlib
import itertools
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from upward_asgi.testing import hot_swap

_NUMBERS = itertools.count()

pytestmark = pytest.mark.timeout(120)


@dataclass
class Case:
    """Two releases, and the requests that tell them apart."""

    old: Mapping[str, str]
    new: Mapping[str, str]
    requests: tuple[tuple[str, str, Any], ...]
    rebuilt: bool = True


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
        """The application as a fresh start of the release in `root` has it; the living one is out of sight."""
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


FASTAPI = "from fastapi import FastAPI, Depends, APIRouter, Request, HTTPException\nfrom pydantic import BaseModel\n"
STARLETTE = (
    "from starlette.applications import Starlette\nfrom starlette.responses import PlainTextResponse\n"
    "from starlette.routing import Route, Mount, WebSocketRoute, Router\n"
)


def fast(body: str, **more: str) -> dict[str, str]:
    files = {f"{n}.py": FASTAPI + textwrap.dedent(t) for n, t in more.items()}
    return {"main.py": FASTAPI + textwrap.dedent(body), **files}


def star(body: str, **more: str) -> dict[str, str]:
    files = {f"{n}.py": STARLETTE + textwrap.dedent(t) for n, t in more.items()}
    return {"main.py": STARLETTE + textwrap.dedent(body), **files}


HOME = """
app = FastAPI()

@app.get("/")
def home():
    return {"at": "home"}
"""

CASES: dict[str, Case] = {
    "route_added": Case(
        fast(HOME),
        fast(HOME + '\n@app.get("/more")\nasync def more(limit: int = 3):\n    return {"limit": limit}\n'),
        (("GET", "/", None), ("GET", "/more", None)),
    ),
    "route_removed": Case(
        fast(HOME + '\n@app.get("/more")\nasync def more(limit: int = 3):\n    return {"limit": limit}\n'),
        fast(HOME),
        (("GET", "/", None), ("GET", "/more", None)),
    ),
    "path_status_response_model": Case(
        fast(
            """
            app = FastAPI()
            class Out(BaseModel):
                name: str
            @app.get("/a")
            async def item():
                return {"name": "x", "secret": 1}
            @app.get("/b", tags=["t"])
            async def other():
                return {"name": "x", "secret": 1}
            """
        ),
        fast(
            """
            app = FastAPI()
            class Out(BaseModel):
                name: str
            @app.get("/a2", status_code=201, response_model=Out)
            async def item():
                return {"name": "x", "secret": 1}
            @app.get("/b", tags=["u"])
            async def other():
                return {"name": "x", "secret": 1}
            """
        ),
        (("GET", "/a", None), ("GET", "/a2", None), ("GET", "/b", None)),
    ),
    "parameters": Case(
        fast(
            """
            app = FastAPI()
            def page(limit: int = 10):
                return {"limit": limit}
            def user(page=Depends(page)):
                return {"user": 1, **page}
            @app.get("/list")
            def listed(user=Depends(user)):
                return user
            @app.get("/q")
            def q(term: str):
                return term
            """
        ),
        fast(
            """
            app = FastAPI()
            def page(limit: int = 20, offset: int = 0):
                return {"limit": limit, "offset": offset}
            def user(page=Depends(page)):
                return {"user": 1, **page}
            @app.get("/list")
            def listed(user=Depends(user)):
                return user
            @app.get("/q")
            def q(term: str = "all", fuzzy: bool = False):
                return [term, fuzzy]
            """
        ),
        (("GET", "/list?limit=3&offset=2", None), ("GET", "/q", None), ("GET", "/q?term=a&fuzzy=1", None)),
    ),
    "body_model_gains_field": Case(
        fast(
            """
            from .models import Item, Box
            app = FastAPI()
            @app.post("/items")
            def create(item: Item) -> Item:
                return item
            @app.post("/boxes")
            def box(box: Box):
                return box
            """,
            models="class Item(BaseModel):\n    name: str\nclass Box(BaseModel):\n    items: list[Item] = []\n",
        ),
        fast(
            """
            from .models import Item, Box
            app = FastAPI()
            @app.post("/items")
            def create(item: Item) -> Item:
                return item
            @app.post("/boxes")
            def box(box: Box):
                return box
            """,
            models="class Item(BaseModel):\n    name: str\n    price: float = 1.5\n"
            "class Box(BaseModel):\n    items: list[Item] = []\n",
        ),
        (("POST", "/items", {"name": "a", "price": "x"}), ("POST", "/items", {"name": "a"}),
         ("POST", "/boxes", {"items": [{"name": "b"}]})),
    ),
    "future_annotations_model": Case(
        {"main.py": "from __future__ import annotations\n" + fast(
            """
            app = FastAPI()
            class Item(BaseModel):
                name: str
            @app.post("/items")
            def create(item: Item):
                return item
            """)["main.py"]},
        {"main.py": "from __future__ import annotations\n" + fast(
            """
            app = FastAPI()
            class Item(BaseModel):
                name: str
                size: int = 0
            @app.post("/items")
            def create(item: Item):
                return item
            """)["main.py"]},
        (("POST", "/items", {"name": "a"}),),
    ),
    "included_router": Case(
        fast(
            """
            from .users import router
            from . import items
            app = FastAPI()
            app.include_router(router, prefix="/users")
            app.include_router(items.router, prefix="/items", tags=["items"])
            @app.get("/last")
            def last():
                return 1
            """,
            users='router = APIRouter()\n@router.get("/me")\ndef me():\n    return "me"\n',
            items='router = APIRouter()\n@router.get("/all")\ndef every():\n    return []\n',
        ),
        fast(
            """
            from .users import router
            from . import items
            app = FastAPI()
            app.include_router(router, prefix="/people")
            app.include_router(items.router, prefix="/items", tags=["things"])
            @app.get("/last")
            def last():
                return 1
            """,
            users='router = APIRouter()\n@router.get("/me")\ndef me(full: bool = False):\n    return ["me", full]\n'
            '@router.get("/you")\nasync def you():\n    return "you"\n',
            items='router = APIRouter()\n@router.get("/all")\ndef every():\n    return []\n',
        ),
        (("GET", "/users/me", None), ("GET", "/people/me?full=1", None), ("GET", "/people/you", None),
         ("GET", "/items/all", None)),
    ),
    "nested_router_only": Case(
        fast(
            "from .api import api\napp = FastAPI()\napp.include_router(api)\n",
            api='from .users import router\napi = APIRouter(prefix="/api")\napi.include_router(router)\n',
            users='router = APIRouter(prefix="/users")\n@router.get("/a")\ndef a():\n    return 1\n',
        ),
        fast(
            "from .api import api\napp = FastAPI()\napp.include_router(api)\n",
            api='from .users import router\napi = APIRouter(prefix="/api")\napi.include_router(router)\n',
            users='router = APIRouter(prefix="/users")\n@router.get("/b")\ndef a():\n    return 1\n',
        ),
        (("GET", "/api/users/a", None), ("GET", "/api/users/b", None)),
    ),
    "router_module_added": Case(
        fast(HOME),
        fast(
            "from .extra import router\n" + HOME + "\napp.include_router(router, prefix='/extra')\n",
            extra='router = APIRouter()\n@router.get("/x")\ndef x():\n    return "x"\n',
        ),
        (("GET", "/extra/x", None), ("GET", "/", None)),
    ),
    "views_in_another_module": Case(
        fast(
            'app = FastAPI()\n@app.get("/first")\ndef first():\n    return 1\n'
            'from . import views\n@app.get("/{rest}")\ndef rest(rest: str):\n    return rest\n',
            views='from .main import app\n@app.get("/v")\ndef v():\n    return "v"\n',
        ),
        fast(
            'app = FastAPI()\n@app.get("/first")\ndef first():\n    return 1\n'
            'from . import views\n@app.get("/{rest}")\ndef rest(rest: str):\n    return rest\n',
            views='from .main import app\n@app.get("/v")\ndef v():\n    return "v"\n'
            '@app.get("/w")\ndef w():\n    return "w"\n',
        ),
        (("GET", "/v", None), ("GET", "/w", None), ("GET", "/first", None)),
    ),
    "middleware_and_exception_handlers": Case(
        fast(
            """
            from starlette.responses import JSONResponse
            class Oops(Exception):
                pass
            class Header:
                def __init__(self, app, value):
                    self.app, self.value = app, value
                async def __call__(self, scope, receive, send):
                    async def sending(message):
                        if message["type"] == "http.response.start":
                            message["headers"].append((b"x-value", self.value))
                        await send(message)
                    await self.app(scope, receive, sending)
            app = FastAPI()
            app.add_middleware(Header, value=b"1")
            @app.get("/oops")
            def oops():
                raise Oops
            """
        ),
        fast(
            """
            from starlette.responses import JSONResponse
            class Oops(Exception):
                pass
            class Header:
                def __init__(self, app, value):
                    self.app, self.value = app, value
                async def __call__(self, scope, receive, send):
                    async def sending(message):
                        if message["type"] == "http.response.start":
                            message["headers"].append((b"x-value", self.value))
                        await send(message)
                    await self.app(scope, receive, sending)
            app = FastAPI()
            app.add_middleware(Header, value=b"2")
            @app.middleware("http")
            async def stamp(request: Request, call_next):
                response = await call_next(request)
                response.headers["x-stamp"] = "s"
                return response
            @app.exception_handler(Oops)
            async def on_oops(request: Request, exc: Oops):
                return JSONResponse({"oops": True}, status_code=418)
            @app.get("/oops")
            def oops():
                raise Oops
            """
        ),
        (("GET", "/oops", None), ("GET", "/none", None)),
    ),
    "prefix_constant_and_version": Case(
        fast(
            'from .settings import PREFIX, VERSION\napp = FastAPI(version=VERSION)\n'
            '@app.get(PREFIX + "/x")\nasync def x():\n    return 1\n',
            settings='PREFIX = "/v1"\nVERSION = "1.0.0"\n',
        ),
        fast(
            'from .settings import PREFIX, VERSION\napp = FastAPI(version=VERSION)\n'
            '@app.get(PREFIX + "/x")\nasync def x():\n    return 1\n',
            settings='PREFIX = "/v2"\nVERSION = "1.0.1"\n',
        ),
        (("GET", "/v1/x", None), ("GET", "/v2/x", None)),
    ),
    "docstring_of_path_operation": Case(
        fast('app = FastAPI()\n@app.get("/")\ndef home():\n    """Old words."""\n    return 1\n'),
        fast('app = FastAPI()\n@app.get("/")\ndef home():\n    """New words."""\n    return 1\n'),
        (("GET", "/", None),),
    ),
    "body_only": Case(
        fast(HOME),
        fast(HOME.replace('"home"', '"the new home"')),
        (("GET", "/", None),),
        rebuilt=False,
    ),
    "order": Case(
        fast('app = FastAPI()\n@app.get("/me")\ndef me():\n    return "me"\n'
             '@app.get("/{name}")\ndef named(name: str):\n    return {"name": name}\n'),
        fast('app = FastAPI()\n@app.get("/{name}")\ndef named(name: str):\n    return {"name": name}\n'
             '@app.get("/me")\ndef me():\n    return "me"\n'),
        (("GET", "/me", None),),
    ),
    "sync_to_async_and_yield": Case(
        fast('app = FastAPI()\ndef db():\n    return 1\n@app.get("/")\ndef home(db=Depends(db)):\n    return db\n'),
        fast('app = FastAPI()\ndef db():\n    yield 2\n@app.get("/")\nasync def home(db=Depends(db)):\n    return db\n'),
        (("GET", "/", None),),
    ),
    "sub_application_mounted": Case(
        fast(HOME + '\nsub = FastAPI()\n@sub.get("/s")\ndef s():\n    return "s"\napp.mount("/sub", sub)\n'),
        fast(HOME + '\nsub = FastAPI()\n@sub.get("/t")\ndef s():\n    return "s"\napp.mount("/under", sub)\n'),
        (("GET", "/sub/s", None), ("GET", "/under/t", None), ("GET", "/sub/t", None)),
    ),
    "factory": Case(
        fast(
            """
            def create_app() -> FastAPI:
                app = FastAPI(title="old")
                @app.get("/")
                def home():
                    return "old"
                return app
            app = create_app()
            """
        ),
        fast(
            """
            def create_app() -> FastAPI:
                app = FastAPI(title="new")
                @app.get("/")
                def home():
                    return "new"
                @app.get("/more")
                def more():
                    return "more"
                app.state.made = 1
                return app
            app = create_app()
            """
        ),
        (("GET", "/", None), ("GET", "/more", None)),
    ),
    "factory_inner_body_only": Case(
        fast('def create_app() -> FastAPI:\n    app = FastAPI()\n    @app.get("/")\n    def home():\n'
             '        return "old"\n    return app\napp = create_app()\n'),
        fast('def create_app() -> FastAPI:\n    app = FastAPI()\n    @app.get("/")\n    def home():\n'
             '        return "new"\n    return app\napp = create_app()\n'),
        (("GET", "/", None),),
        rebuilt=False,
    ),
    "starlette_routes_list": Case(
        star(
            """
            async def home(request):
                return PlainTextResponse("home")
            def sync(request):
                return PlainTextResponse("sync")
            routes = [Route("/", home), Mount("/m", routes=[Route("/s", sync)])]
            app = Starlette(routes=routes)
            """
        ),
        star(
            """
            async def home(request):
                return PlainTextResponse("home")
            async def sync(request):
                return PlainTextResponse("no longer sync")
            async def added(request):
                return PlainTextResponse("added")
            routes = [Route("/", home), Mount("/m", routes=[Route("/s", sync), Route("/a", added)])]
            app = Starlette(routes=routes)
            """
        ),
        (("GET", "/", None), ("GET", "/m/s", None), ("GET", "/m/a", None)),
    ),
    "starlette_inline_routes_and_handlers": Case(
        star(
            """
            async def home(request):
                return PlainTextResponse("home")
            app = Starlette(routes=[Route("/", home)])
            """
        ),
        star(
            """
            async def home(request):
                return PlainTextResponse("home")
            async def missing(request, exc):
                return PlainTextResponse("missing", status_code=404)
            app = Starlette(routes=[Route("/home", home)], exception_handlers={404: missing})
            """
        ),
        (("GET", "/", None), ("GET", "/home", None)),
    ),
    "starlette_endpoint_becomes_async": Case(
        star('from .views import home\nroutes = [Route("/", home)]\napp = Starlette(routes=routes)\n',
             views='def home(request):\n    return PlainTextResponse("sync")\n'),
        star('from .views import home\nroutes = [Route("/", home)]\napp = Starlette(routes=routes)\n',
             views='async def home(request):\n    return PlainTextResponse("async")\n'),
        (("GET", "/", None),),
    ),
}  # fmt: skip


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
    hot_swap(release.new, release.old)
    assert await answers(app, case.requests) == before
    assert app.state is state and app.state.live == {"rooms": 1}
    if hasattr(app, "dependency_overrides"):
        assert app.dependency_overrides == {len: len}
