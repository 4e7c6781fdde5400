"""Start-up code: found without importing, cold when it changed, unless something answers for it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from upward_asgi.appup.settings import Settings
from upward_asgi.appup.startup import startup_reasons, startup_verdict
from upward_asgi.appup.verdict import Reason

Sources = dict[str, str]
LIFESPAN = """
@asynccontextmanager
async def lifespan(app):
    \"\"\"Docs.\"\"\"
    app.state.pool = await connect()
    yield
"""
CHANGED = LIFESPAN.replace("connect()", "connect(size=5)")


def paths_of(sources: Sources) -> dict[str, str]:
    packages = {name for name in sources if any(other.startswith(f"{name}.") for other in sources)}
    return {
        name: name.replace(".", "/") + ("/__init__.py" if name in packages else ".py") for name in sources
    }


def reasons(old: Sources, new: Sources, settings: Settings | None = None) -> tuple[Reason, ...]:
    old = {name: dedent(text) for name, text in old.items()}
    new = {name: dedent(text) for name, text in new.items()}
    return startup_reasons(old, new, paths_of(new), settings or Settings())


def names(old: Sources, new: Sources) -> list[str]:
    return [reason.message.split(",")[0] for reason in reasons(old, new)]


def test_changed_lifespan() -> None:
    """A changed lifespan is cold, at its line in the new release."""
    use = "app = FastAPI(lifespan=lifespan)\n"
    (reason,) = reasons({"app": LIFESPAN + use}, {"app": f"\n\n{CHANGED}{use}"})
    assert (reason.code, reason.file, reason.line) == ("startup", "app.py", 5)
    assert "start-up code lifespan was changed" in reason.message
    assert "code_change" in reason.advice


@pytest.mark.parametrize(
    "text",
    [
        LIFESPAN.replace("    yield", "    # a comment\n\n    yield"),
        LIFESPAN.replace("Docs", "Other docs"),
        LIFESPAN.replace('    """Docs."""\n', ""),
        f"import os\n{LIFESPAN}",
    ],
)
def test_same_code(text: str) -> None:
    """Comments, docstrings, formatting and moved lines change nothing."""
    use = "app = FastAPI(lifespan=lifespan)\n"
    assert reasons({"app": LIFESPAN + use}, {"app": text + use}) == ()


def test_unrelated_changes() -> None:
    """Other functions, middleware and the application's arguments are the patch's business."""
    old = f"{LIFESPAN}def page(): ...\napp = FastAPI(lifespan=lifespan)\n"
    new = (
        f"{LIFESPAN}def page(): return 1\napp = FastAPI(lifespan=lifespan, debug=1)\napp.add_middleware(X)\n"
    )
    assert reasons({"app": old}, {"app": new}) == ()


@pytest.mark.parametrize(
    "use",
    [
        "app = Starlette(lifespan=start)",
        "app = Starlette(on_startup=[start])",
        "app = Litestar(lifespan=(other, start))",
        "app.add_event_handler('startup', start)",
        "app.on_startup(start)",
        "app.router.on_startup.append(start)",
        "app.router.lifespan_context = start",
        "app = FastAPI(lifespan=combined(start))",
        "app = FastAPI(lifespan=partial(run, hook=start))",
        "def make():\n    return FastAPI(lifespan=start)",
    ],
)
def test_ways_to_name_it(use: str) -> None:
    """Every usual way of handing start-up code to an application is seen."""
    old, new = f"async def start(): ...\n{use}\n", f"async def start(): return 1\n{use}\n"
    assert names({"app": old}, {"app": new}) == ["start-up code start was changed"]


@pytest.mark.parametrize(
    "decorator",
    [
        "@app.on_event('startup')",
        "@app.before_serving",
        "@app.while_serving",
        "@app.on_startup()",
        "@app.listener('before_server_start')",
    ],
)
def test_decorators(decorator: str) -> None:
    """Functions that a decorator makes start-up code are seen."""
    old, new = f"{decorator}\nasync def start(): ...\n", f"{decorator}\nasync def start(): return 1\n"
    assert names({"app": old}, {"app": new}) == ["start-up code start was changed"]


@pytest.mark.parametrize(
    "text",
    [
        "@app.on_event('shutdown')\nasync def stop(): {}\n",
        "@app.get('/startup')\nasync def page(): {}\n",
        "app.add_event_handler('shutdown', stop)\ndef stop(): {}\n",
        "startup = 1\ndef page(): {}\n",
        "lifespan = other.thing\ndef page(): {}\n",
    ],
)
def test_not_start_up(text: str) -> None:
    """What runs at shutdown or per request is no start-up code."""
    assert reasons({"app": text.format("...")}, {"app": text.format("return 1")}) == ()


@pytest.mark.parametrize(
    ("imports", "use"),
    [
        ("from board.life import lifespan", "lifespan"),
        ("from .life import lifespan as life", "life"),
        ("from board import life", "life.lifespan"),
        ("from . import life as l", "l.lifespan"),
        ("import board.life", "board.life.lifespan"),
        ("from .api import lifespan", "lifespan"),
    ],
)
def test_in_another_module(imports: str, use: str) -> None:
    """Names are followed through imports and re-exports to where the code stands."""
    app = f"{imports}\napp = FastAPI(lifespan={use})\n"
    common = {"board": "", "board.app": app, "board.api": "from .life import lifespan\n"}
    (reason,) = reasons({**common, "board.life": LIFESPAN}, {**common, "board.life": CHANGED})
    assert (reason.file, reason.line) == ("board/life.py", 3)


def test_import_that_leads_nowhere() -> None:
    """A lifespan from an installed package, or imported in a circle, is nobody's change."""
    app = "from fastmcp import lifespan\nfrom b import x\nFastAPI(lifespan=lifespan, on_startup=[x])\n"
    common = {"a": app, "b": "from c import x\n", "c": "from b import x\n"}
    assert reasons(common, {**common, "b": "from c import x\ny = 1\n"}) == ()


def test_method_and_inner_function() -> None:
    """A method given as `self.lifespan`, and a function defined inside a factory, are found."""
    text = """
        class Service:
            def make(self): return Starlette(lifespan=self.lifespan)
            async def lifespan(self, app): {0}
        def create():
            async def start(): {0}
            return Starlette(on_startup=[start])
    """
    expected = ["start-up code Service.lifespan was changed", "start-up code create.start was changed"]
    assert names({"app": text.format("yield")}, {"app": text.format("yield 1")}) == expected


def test_lambda_and_call() -> None:
    """A lambda, or other arguments in a call that makes the lifespan, are changes too."""
    old = "Starlette(on_startup=[lambda: 1, lambda: 2])\nFastAPI(lifespan=make(1))\n"
    new = "Starlette(on_startup=[lambda: 1, lambda: 3])\nFastAPI(lifespan=make(2))\n"
    expected = ["start-up code lambda was changed", "start-up code make(…) was changed"]
    assert names({"app": old}, {"app": new}) == expected
    assert reasons({"app": old}, {"app": old}) == ()


def test_django_app_config() -> None:
    """`ready` of an AppConfig runs once at start-up."""
    text = "class BoardConfig(AppConfig):\n    def ready(self): {}\n    def other(self): {}\n"
    expected = ["start-up code BoardConfig.ready was changed"]
    assert names({"apps": text.format("...", "...")}, {"apps": text.format("go()", "go()")}) == expected


def test_added_and_removed() -> None:
    """Start-up code that is new never ran; what is gone did run, and its effects are there."""
    plain, with_it = "app = FastAPI()\n", f"{LIFESPAN}app = FastAPI(lifespan=lifespan)\n"
    assert names({"app": plain}, {"app": with_it}) == ["start-up code lifespan was added"]
    (reason,) = reasons({"app": with_it}, {"app": plain})
    assert "was removed (line of the old release)" in reason.message
    assert reason.line == 3


def test_moved() -> None:
    """Start-up code that only moved to another module is no change."""
    old = {"app": f"{LIFESPAN}app = FastAPI(lifespan=lifespan)\n"}
    new = {"app": "from life import lifespan\napp = FastAPI(lifespan=lifespan)\n", "life": LIFESPAN}
    assert reasons(old, new) == ()
    assert reasons(new, old) == ()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(code_change="app:code_change"), "app:code_change answers for it"),
        (Settings(accept_startup=True), "takes effect at the next restart"),
    ],
)
def test_answered_for(settings: Settings, words: str) -> None:
    """With an application's code_change, or accepted, it is hot, and still told."""
    use = "app = FastAPI(lifespan=lifespan)\n"
    verdict = startup_verdict({"app": LIFESPAN + use}, {"app": CHANGED + use}, {"app": "app.py"}, settings)
    assert verdict.hot
    (note,) = verdict.notes
    assert words in note.message
    assert note.line == 3


@pytest.mark.parametrize(
    ("hook", "hot"),
    [
        ("@code_change(app)\ndef change(app, old, new): ...\n", True),
        ("@upward_asgi.code_change(app)\ndef change(app, old, new): ...\n", True),
        ("@code_change(State)\ndef change(old, state, extra): ...\n", False),
        ("@code_change\ndef change(old, state, extra): ...\n", False),
        ("@code_change(make())\ndef change(old, state, extra): ...\n", False),
    ],
)
def test_decorated_code_change(hook: str, hot: bool) -> None:
    """`@code_change(app)` on the application object answers for start-up; on a state type it does not."""
    use = "app: FastAPI = FastAPI(lifespan=lifespan)\nclass State: ...\n"
    assert (reasons({"app": LIFESPAN + use}, {"app": CHANGED + use + hook}) == ()) is hot


def test_main_block() -> None:
    """A changed `__main__` block is a note: it runs when a process is started with it."""
    old, new = (
        "if __name__ == '__main__':\n    run(1)\n",
        "x = 1\nif __name__ == '__main__':\n    run(2)\n",
    )
    verdict = startup_verdict({"app": old}, {"app": new}, {"app": "app.py"}, Settings())
    assert verdict.hot
    assert [(note.code, note.file, note.line) for note in verdict.notes] == [("main_block", "app.py", 2)]
    assert startup_verdict({"app": old}, {"app": old}, {}, Settings()).notes == ()


def test_only_modules_in_question_are_parsed() -> None:
    """Modules without any of the words are left alone, so that the check costs next to nothing."""
    assert reasons({"a": "x = 1", "b": "not Python ("}, {"a": "x = 1", "b": "not Python either ("}) == ()


def test_module_that_does_not_parse() -> None:
    """A module that mentions start-up but is no Python (a template, say) holds none, and is no error."""
    assert reasons({"a": "lifespan {{"}, {"a": "lifespan {{{"}) == ()
