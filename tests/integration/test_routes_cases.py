"""Releases that change routes, applied to real FastAPI and Starlette applications with real requests.

Every case goes up, is undone, goes up again and down, and is compared with a fresh start each time: answers, the
OpenAPI document, and the whole of the modules (`hot_swap` refuses what differs).
"""

# ruff: noqa: E501  (sources of releases, one line each where that reads better)

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
    down: bool = True
    """Whether the way back is hot."""


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


CASES |= {
    "factory_with_helpers_and_module_state": Case(
        fast(
            """
            from .setup import register
            POOL = {"connected": True}
            def create_app() -> FastAPI:
                app = FastAPI()
                app.state.pool = POOL
                register(app)
                return app
            app = create_app()
            """,
            setup="""
            from .views import router
            def register(app):
                app.include_router(router, prefix="/a")
            """,
            views='router = APIRouter()\n@router.get("/x")\ndef x(request: Request):\n    return request.app.state.pool\n',
        ),
        fast(
            """
            from .setup import register
            POOL = {"connected": True}
            def create_app() -> FastAPI:
                app = FastAPI()
                app.state.pool = POOL
                register(app)
                return app
            app = create_app()
            """,
            setup="""
            from .views import router
            def register(app):
                app.include_router(router, prefix="/b")
                app.include_router(router, prefix="/c")
            """,
            views='router = APIRouter()\n@router.get("/x")\ndef x(request: Request):\n    return request.app.state.pool\n',
        ),
        (("GET", "/a/x", None), ("GET", "/b/x", None), ("GET", "/c/x", None)),
    ),
    "factory_in_another_module": Case(
        fast("from .factory import build\napp = build('one')\n",
             factory='def build(name) -> FastAPI:\n    app = FastAPI(title=name)\n    return app\n'),
        fast("from .factory import build\napp = build('two')\n",
             factory='def build(name) -> FastAPI:\n    app = FastAPI(title=name, version="2")\n    return app\n'),
        (),
    ),
    "subclass_of_the_framework": Case(
        fast(
            """
            class Api(FastAPI):
                def __init__(self, **more):
                    super().__init__(**more)
                    self.add_api_route("/who", self.who)
                async def who(self):
                    return "old"
            app = Api(title="x")
            @app.get("/z")
            def z():
                return 1
            """
        ),
        fast(
            """
            class Api(FastAPI):
                def __init__(self, **more):
                    super().__init__(**more)
                    self.add_api_route("/who2", self.who)
                async def who(self):
                    return "new"
            app = Api(title="x")
            @app.get("/z")
            def z():
                return 1
            """
        ),
        (("GET", "/who", None), ("GET", "/who2", None), ("GET", "/z", None)),
    ),
    "loop_and_condition": Case(
        fast(
            """
            from . import a, b
            app = FastAPI()
            for module in (a, b):
                app.include_router(module.router, prefix="/" + module.NAME)
            if True:
                @app.get("/inside")
                def inside():
                    return 1
            """,
            a='NAME = "a"\nrouter = APIRouter()\n@router.get("/x")\ndef x():\n    return "ax"\n',
            b='NAME = "b"\nrouter = APIRouter()\n@router.get("/x")\ndef x():\n    return "bx"\n',
        ),
        fast(
            """
            from . import a, b
            app = FastAPI()
            for module in (b, a):
                app.include_router(module.router, prefix="/v2/" + module.NAME)
            if True:
                @app.get("/inside2")
                def inside():
                    return 1
            """,
            a='NAME = "a"\nrouter = APIRouter()\n@router.get("/x")\ndef x():\n    return "ax"\n',
            b='NAME = "beta"\nrouter = APIRouter()\n@router.get("/x")\ndef x():\n    return "bx"\n',
        ),
        (("GET", "/a/x", None), ("GET", "/v2/beta/x", None), ("GET", "/inside", None), ("GET", "/inside2", None)),
    ),
    "annotated_dependencies_and_classes": Case(
        fast(
            """
            from typing import Annotated
            from .deps import Paging, current
            Page = Annotated[Paging, Depends()]
            User = Annotated[str, Depends(current)]
            app = FastAPI()
            @app.get("/p")
            async def p(page: Page, user: User):
                return [page.limit, user]
            """,
            deps="class Paging:\n    def __init__(self, limit: int = 5):\n        self.limit = limit\n"
            "def current(name: str = 'x'):\n    return name\n",
        ),
        fast(
            """
            from typing import Annotated
            from .deps import Paging, current
            Page = Annotated[Paging, Depends()]
            User = Annotated[str, Depends(current)]
            app = FastAPI()
            @app.get("/p")
            async def p(page: Page, user: User):
                return [page.limit, user]
            """,
            deps="class Paging:\n    def __init__(self, limit: int = 7, offset: int = 0):\n"
            "        self.limit = limit + offset\n"
            "def current(name: str = 'x', title: str = 'Dr'):\n    return title + name\n",
        ),
        (("GET", "/p?offset=2", None), ("GET", "/p?title=Mr", None)),
    ),
    "decorators_beside_the_route": Case(
        fast(
            """
            import functools
            def loud(function):
                @functools.wraps(function)
                def inner(*args, **kwargs):
                    return str(function(*args, **kwargs)) + "!"
                return inner
            app = FastAPI()
            @app.get("/a")
            @loud
            def a(n: int = 1):
                return n
            @loud
            @app.get("/b")
            def b(n: int = 1):
                return n
            """
        ),
        fast(
            """
            import functools
            def loud(function):
                @functools.wraps(function)
                def inner(*args, **kwargs):
                    return str(function(*args, **kwargs)) + "!"
                return inner
            app = FastAPI(title="t")
            @app.get("/a")
            @loud
            def a(n: int = 2, m: int = 3):
                return n + m
            @loud
            @app.get("/b2")
            def b(n: int = 1):
                return n + 1
            """
        ),
        (("GET", "/a", None), ("GET", "/b", None), ("GET", "/b2", None)),
    ),
    "several_routes_on_one_function": Case(
        fast('app = FastAPI()\n@app.get("/a")\n@app.post("/a")\ndef a():\n    return 1\n'),
        fast('app = FastAPI()\n@app.get("/a")\n@app.put("/b")\n@app.post("/a")\ndef a():\n    return 1\n'),
        (("PUT", "/b", None), ("POST", "/a", None)),
    ),
    "custom_openapi": Case(
        fast(HOME + '\ndef document():\n    if not app.openapi_schema:\n        app.openapi_schema = {"old": 1}\n'
             '    return app.openapi_schema\napp.openapi = document\n'),
        fast(HOME + '\ndef document():\n    if not app.openapi_schema:\n        app.openapi_schema = {"new": 1}\n'
             '    return app.openapi_schema\napp.openapi = document\n'),
        (("GET", "/", None),),
    ),
    "attribute_no_longer_set": Case(
        fast(HOME + '\napp.title = "set"\napp.extra_thing = 1\n'),
        fast(HOME + '\n@app.get("/t")\ndef t():\n    return hasattr(app, "extra_thing")\n'),
        (("GET", "/t", None),),
    ),
    "application_class_changes": Case(
        fast("class Mine(FastAPI):\n    pass\n" + HOME),
        fast("class Mine(FastAPI):\n    pass\n" + HOME.replace("= FastAPI()", "= Mine(title='mine')")),
        (("GET", "/", None),),
    ),
    "router_renamed": Case(
        fast('from .users import router\napp = FastAPI()\napp.include_router(router)\n',
             users='router = APIRouter()\n@router.get("/me")\ndef me():\n    return "me"\n'),
        fast('from .users import users\napp = FastAPI()\napp.include_router(users)\n',
             users='users = APIRouter()\n@users.get("/me")\ndef me(x: int = 1):\n    return ["me", x]\n'),
        (("GET", "/me", None),),
    ),
    "router_module_removed": Case(
        fast('from . import users, items\napp = FastAPI()\napp.include_router(users.router)\n'
             'app.include_router(items.router)\n',
             users='router = APIRouter()\n@router.get("/me")\ndef me():\n    return "me"\n',
             items='router = APIRouter()\n@router.get("/it")\ndef it():\n    return "it"\n'),
        fast('from . import users\napp = FastAPI()\napp.include_router(users.router)\n',
             users='router = APIRouter()\n@router.get("/me")\ndef me():\n    return "me"\n'),
        (("GET", "/me", None), ("GET", "/it", None)),
    ),
    "dependency_value_changes": Case(
        fast('LIMIT = 3\napp = FastAPI()\ndef page(limit: int = LIMIT):\n    return limit\n'
             '@app.get("/")\ndef home(page=Depends(page)):\n    return page\n'),
        fast('LIMIT = 4\napp = FastAPI()\ndef page(limit: int = LIMIT):\n    return limit\n'
             '@app.get("/")\ndef home(page=Depends(page)):\n    return page\n'),
        (("GET", "/", None),),
    ),
    "enum_in_a_path": Case(
        fast('import enum\nclass Kind(str, enum.Enum):\n    A = "a"\napp = FastAPI()\n'
             '@app.get("/k/{kind}")\ndef k(kind: Kind):\n    return kind\n'),
        fast('import enum\nclass Kind(str, enum.Enum):\n    A = "a"\n    B = "b"\napp = FastAPI()\n'
             '@app.get("/k/{kind}")\ndef k(kind: Kind):\n    return kind\n'),
        (("GET", "/k/a", None), ("GET", "/k/b", None)),
        down=False,
    ),
    "model_base_and_nested": Case(
        fast("from .models import Order\napp = FastAPI()\n@app.post('/o')\ndef o(order: Order) -> Order:\n    return order\n",
             models="class Base(BaseModel):\n    id: int = 0\nclass Line(Base):\n    n: int = 1\n"
             "class Order(Base):\n    lines: list[Line] = []\n"),
        fast("from .models import Order\napp = FastAPI()\n@app.post('/o')\ndef o(order: Order) -> Order:\n    return order\n",
             models="class Base(BaseModel):\n    id: int = 0\n    tag: str = 't'\nclass Line(Base):\n    n: int = 1\n"
             "    note: str = ''\nclass Order(Base):\n    lines: list[Line] = []\n"),
        (("POST", "/o", {"lines": [{"n": 2}]}),),
    ),
    "starlette_decorated_and_appended": Case(
        star('routes = []\nasync def a(request):\n    return PlainTextResponse("a")\nroutes.append(Route("/a", a))\n'
             'app = Starlette(routes=routes)\n'),
        star('routes = []\nasync def a(request):\n    return PlainTextResponse("a")\nroutes.append(Route("/b", a))\n'
             'app = Starlette(routes=routes)\n'),
        (("GET", "/a", None), ("GET", "/b", None)),
    ),
    "starlette_router_in_a_module": Case(
        star('from .inner import router\napp = Starlette(routes=[Mount("/in", app=router)])\n',
             inner='async def a(request):\n    return PlainTextResponse("a")\nrouter = Router(routes=[Route("/a", a)])\n'),
        star('from .inner import router\napp = Starlette(routes=[Mount("/in", app=router)])\n',
             inner='async def a(request):\n    return PlainTextResponse("a2")\nasync def b(request):\n'
             '    return PlainTextResponse("b")\nrouter = Router(routes=[Route("/a", a), Route("/b", b)])\n'),
        (("GET", "/in/a", None), ("GET", "/in/b", None)),
    ),
    "wrapped_by_middleware": Case(
        fast("from starlette.middleware.gzip import GZipMiddleware\n" + HOME.replace("app", "inner") +
             "\napp = inner\n"),
        fast("from starlette.middleware.gzip import GZipMiddleware\n" + HOME.replace("app", "inner").replace('"/"', '"/h"') +
             "\napp = inner\n"),
        (("GET", "/", None), ("GET", "/h", None)),
    ),
    "module_level_register_function": Case(
        fast(HOME + '\ndef extra():\n    return 1\ndef register():\n    app.add_api_route("/e", extra)\nregister()\n'),
        fast(HOME + '\ndef extra():\n    return 1\ndef register():\n    app.add_api_route("/f", extra)\nregister()\n'),
        (("GET", "/e", None), ("GET", "/f", None)),
    ),
    "middleware_body_only": Case(
        fast(HOME + '\n@app.middleware("http")\nasync def stamp(request: Request, call_next):\n'
             '    response = await call_next(request)\n    response.headers["x-a"] = "1"\n    return response\n'),
        fast(HOME + '\n@app.middleware("http")\nasync def stamp(request: Request, call_next):\n'
             '    response = await call_next(request)\n    response.headers["x-a"] = "2"\n    return response\n'),
        (("GET", "/", None),),
        rebuilt=False,
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
    if not case.down:
        return
    hot_swap(release.new, release.old)
    assert await answers(app, case.requests) == before
    assert app.state is state and app.state.live == {"rooms": 1}
    if hasattr(app, "dependency_overrides"):
        assert app.dependency_overrides == {len: len}
