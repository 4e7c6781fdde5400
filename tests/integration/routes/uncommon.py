"""Changes of routes that fewer applications make: mounts in mounts, several applications, hooks."""

# ruff: noqa: E501  (sources of releases, one line each where that reads better)

from __future__ import annotations

from .case import HOME, Case, fast, star

__all__ = ["CASES"]

CASES: dict[str, Case] = {
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
