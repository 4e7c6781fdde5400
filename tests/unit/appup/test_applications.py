"""Which statements build an application, and when it is built again: found in the source alone."""

# ruff: noqa: E501  (sources of releases, one line each where that reads better)

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.appup import Appup, Settings, make_appup, render_plan
from upward_asgi.appup.applications import Applications
from upward_asgi.appup.import_order import fresh_order, start_order
from upward_asgi.appup.instructions import RebuildApp
from upward_asgi.appup.scopes import Scopes
from upward_asgi.appup.trees import Tree, read_tree

Write = Callable[..., Path]
Plan = Callable[..., Appup]

FAST = "from fastapi import FastAPI, APIRouter, Depends\n"
HOME = FAST + 'app = FastAPI()\n@app.get("/")\ndef home(limit: int = 1):\n    return limit\n'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    numbers = itertools.count()

    def write(files: Mapping[str, str]) -> Path:
        package = tmp_path / str(next(numbers)) / "web"
        package.mkdir(parents=True)
        for name, text in {"__init__": "", **files}.items():
            (package / f"{name}.py").write_text(textwrap.dedent(text))
        return package.parent

    return write


@pytest.fixture
def plan(write: Write) -> Plan:
    def plan(old: Mapping[str, str], new: Mapping[str, str], **settings: tuple[str, ...]) -> Appup:
        roots = write(old), write(new)
        versions = {"old_version": Version("1.0.0"), "new_version": Version("1.0.1")}
        return make_appup(*roots, **versions, settings=Settings(**settings))

    return plan


def tree_of(write: Write, **files: str) -> Tree:
    return read_tree(write(files), None)


def found(write: Write, **files: str) -> dict[str, dict[str, tuple[int, ...]]]:
    applications = Applications(Scopes(tree_of(write, **files)))
    return {home: application.statements for home, application in applications.all.items()}


def rebuilds(appup: Appup) -> list[str]:
    return [instruction.target for instruction in appup.up if isinstance(instruction, RebuildApp)]


def test_an_application_is_what_a_frameworks_class_made(write: Write) -> None:
    """Classes are recognised through aliases, modules, subclasses and functions of the release."""
    main = """
    import fastapi
    from fastapi import FastAPI as Api
    from .own import Mine, build
    a = Api()
    b = fastapi.APIRouter()
    c = Mine()
    d = build()
    e = dict()
    f: Api = Api()
    """
    own = """
    from fastapi import FastAPI
    class Mine(FastAPI): pass
    def build():
        return Mine()
    def other():
        return 1
    """
    assert set(found(write, main=main, own=own)) == {f"web.main:{name}" for name in "abcdf"}


def test_everything_that_acts_on_it_builds_it(write: Write) -> None:
    """Decorators, calls, calls with it, attributes and loops count; state, overrides and readers do not."""
    main = FAST + (
        "app = FastAPI()\n"  # 1
        '@app.get("/")\ndef home(): ...\n'  # 2
        "app.include_router(APIRouter())\n"  # 3
        "print(app)\n"  # 4
        "app.title = 'x'\n"  # 5
        "for x in (1, 2):\n    app.add_middleware(x)\n"  # 6
        "app.state.rooms = {}\n"  # 7
        "app.dependency_overrides[1] = 2\n"  # 8
        "count = len(app.routes)\n"  # 9
        "if __name__ == '__main__':\n    app.run()\n"  # 10
        "def plain(): ...\n"  # 11
    )
    assert found(write, main=main)["web.main:app"] == {"web.main": (1, 2, 3, 4, 5, 6)}


def test_other_modules_build_it_too(write: Write) -> None:
    """A module that imports the application and decorates with it contributes statements."""
    views = "from .main import app as web\nfrom . import main\n@web.get('/v')\ndef v(): ...\nmain.app.mount('/', v)\n"
    assert found(write, main=HOME, views=views)["web.main:app"] == {"web.main": (1, 2), "web.views": (2, 3)}


@pytest.mark.parametrize(
    ("change", "rebuilt"),
    [
        (("return limit", "return limit + 1"), False),
        (("limit: int = 1", "limit: int = 2"), True),
        (('"/"', '"/home"'), True),
        (("    return", '    """Says."""\n    return'), True),
        (("    return", "    yield 1\n    return"), True),
        (("FastAPI()", "FastAPI(title='t')"), True),
        (("def home", "# a comment\ndef home"), False),
        (("app = ", "X = 1\napp = "), False),
    ],
)
def test_it_is_built_again_only_when_what_builds_it_differs(
    plan: Plan, change: tuple[str, str], rebuilt: bool
) -> None:
    """The body of a handler, comments and other definitions do not count; signatures, paths, docstrings do."""
    appup = plan({"main": HOME}, {"main": HOME.replace(*change)})
    assert rebuilds(appup) == (["web.main:app"] if rebuilt else [])
    assert Appup.from_json(appup.to_json()) == appup


def test_what_depends_on_a_dependency_is_built_again(plan: Plan) -> None:
    """A changed signature far away, behind two dependencies and an alias, reaches the application."""
    deps = "from fastapi import Depends\ndef a(x: int):\n    return x\ndef b(a=Depends(a)):\n    return a\n"
    main = (
        FAST + "from typing import Annotated\nfrom .deps import b\nB = Annotated[int, Depends(b)]\n"
        "app = FastAPI()\n@app.get('/')\ndef home(b: 'B'):\n    return b\n"
    )
    new = deps.replace("x: int", "x: str")
    assert rebuilds(plan({"main": main, "deps": deps}, {"main": main, "deps": new})) == ["web.main:app"]


def test_including_applications_are_built_again(plan: Plan) -> None:
    """A changed router makes those that include it run too, on the same conditions."""
    users = FAST + "from .settings import PATH\nrouter = APIRouter()\n@router.get(PATH)\ndef me(): ...\n"
    main = FAST + "from .users import router\napp = FastAPI()\napp.include_router(router)\n"
    old = {"main": main, "users": users, "settings": 'PATH = "/a"\n'}
    appup = plan(old, {**old, "settings": 'PATH = "/b"\n'})
    steps = [instruction for instruction in appup.up if isinstance(instruction, RebuildApp)]
    assert {step.target for step in steps} == {"web.main:app", "web.users:router"}
    assert all("web.settings:PATH" in step.when for step in steps)
    assert "rebuild application web.main:app, only if" in render_plan(appup)


def test_a_kept_application_is_never_built_again(plan: Plan) -> None:
    """The marker `keep` leaves an application and its statements to the ordinary instructions."""
    new = HOME.replace('"/"', '"/home"')
    assert rebuilds(plan({"main": HOME}, {"main": new}, keep=("web.main:app",))) == []


def test_a_factory_that_changes_is_called_again(plan: Plan) -> None:
    """What a factory does, or a function that it calls, counts; bodies of handlers inside it do not."""
    main = FAST + "from .make import build\napp = build()\n"
    make = FAST + (
        "def more(app):\n    app.add_api_route('/m', one)\ndef one():\n    return 1\n"
        "def build():\n    app = FastAPI()\n    @app.get('/')\n    def home():\n        return 1\n"
        "    more(app)\n    return app\n"
    )
    for old, new, rebuilt in (
        ("'/m'", "'/n'", True),
        ("        return 1\n", "        return 2\n", False),
        ("def one():\n    return 1", "def one():\n    return 2", False),
        ("FastAPI()", "FastAPI(title='t')", True),
    ):
        appup = plan({"main": main, "make": make}, {"main": main, "make": make.replace(old, new)})
        assert rebuilds(appup) == (["web.main:app"] if rebuilt else []), (old, new)


def test_routes_added_at_run_time_are_not_lost(plan: Plan) -> None:
    """An application that its lifespan or a function adds to cannot be built again: cold, with the place."""
    main = FAST + (
        "def life(web):\n    web.mount('/late', web)\n    yield\n"
        "app = FastAPI(lifespan=life)\ndef later():\n    app.include_router(APIRouter())\n"
    )
    appup = plan({"main": main}, {"main": main.replace("FastAPI(", "FastAPI(title='t', ")})
    reasons = [reason for reason in appup.verdict.reasons if reason.code == "added_at_run_time"]
    assert [(reason.file, reason.line) for reason in reasons] == [("web/main.py", 3), ("web/main.py", 7)]
    harmless = HOME + "def later():\n    app.include_router(APIRouter())\n"
    assert plan({"main": harmless}, {"main": harmless.replace("return limit", "return 2")}).verdict.hot


def test_a_fresh_start_runs_what_is_imported_first(write: Write) -> None:
    """Statements interleave as imports do, also round a circle; the entry comes before what it imports."""
    tree = tree_of(
        write,
        main="A = 1\nfrom . import views\nB = 2\n",
        views="from . import main\nV = main.A\n",
        late="L = 1\n",
    )
    living = ["web", "web.views", "web.main", "web.late"]  # as sys.modules has them: when they were done
    order = [(s.module, s.index) for s in fresh_order(Scopes(tree), {"web.main", "web.views"}, living)]
    assert order == [("web.main", 0), ("web.views", 0), ("web.views", 1), ("web.main", 1), ("web.main", 2)]
    assert start_order(tree, living)[:2] == ("web.main", "web.late")
