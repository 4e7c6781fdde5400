"""Changes of routes as applications commonly make them."""

# ruff: noqa: E501  (sources of releases, one line each where that reads better)

from __future__ import annotations

from .case import HOME, Case, fast, star

__all__ = ["CASES"]

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
