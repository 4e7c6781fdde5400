"""Upgrades of a real service: a store of wheels, uvicorn, open WebSockets, and the engine between them."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import websockets
from packaging.version import Version

from tests.imports import imports_restored
from tests.serving import serving
from tests.wheels import write_wheel
from upward_asgi.middleware import Upward
from upward_asgi.patch.compare import Difference
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, OperationState, ProofPolicy, Timeouts
from upward_asgi.upgrade.hop import Step
from upward_asgi.upgrade.preparation import Preparation
from upward_asgi.upgrade.proof import Proof

NUMBERS = itertools.count()

APP = """
from dataclasses import dataclass

import anyio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from upward_asgi import LiveSession

from .words import greeting

GATE = anyio.Event()
ROOM = []


@dataclass
class Count:
    n: int = 0


class Counter(LiveSession):
    async def mount(self):
        self.state = Count()

    async def handle_event(self, message):
        self.state.n += 1
        await self.send_text(f"{greeting()} {self.state.n}")


async def plain(websocket):
    await websocket.accept()
    ROOM.append(websocket)
    n = 0
    while True:
        await websocket.receive_text()
        n += 1
        await websocket.send_text(f"{greeting()} {n}")


async def page(request):
    return PlainTextResponse(greeting())


app = Starlette(routes=[Route("/", page), WebSocketRoute("/live", Counter), WebSocketRoute("/plain", plain)])
"""

WORDS = """
def greeting():
    return "hello"
"""

Files = Mapping[str, str]


def edited(files: Files, **edits: tuple[str, str]) -> Files:
    """The release with one text replaced in each of the named modules."""
    made = dict(files)
    for name, (old, new) in edits.items():
        assert old in made[f"{name}.py"]
        made[f"{name}.py"] = made[f"{name}.py"].replace(old, new)
    return made


FIRST: Files = {"__init__.py": "", "app.py": APP, "words.py": WORDS}
HELPER = edited(FIRST, words=("hello", "good day"))
FIELD = edited(
    HELPER,
    app=(
        "    n: int = 0\n",
        '    n: int = 0\n    label: str = "none"\n',
    ),
)
FIELD = edited(
    FIELD,
    app=(
        "    async def handle_event(self, message):\n",
        "    def code_change(self, old_vsn, state, extra):\n"
        '        return Count(state.n, label=f"from {old_vsn}")\n\n'
        "    async def handle_event(self, message):\n",
    ),
)
FIELD = edited(FIELD, app=("{self.state.n}", "{self.state.n} {self.state.label}"))


class Service:
    """A running service and its clients."""

    def __init__(self, upward: Upward, store: Store, address: str, name: str) -> None:
        self.upward, self.store, self.address, self.name = upward, store, address, name
        assert upward.engine is not None
        self.engine = upward.engine

    async def end(self, operation: Operation) -> Operation:
        return await self.engine.finished(operation.id, 50)

    async def upgrade(self, to: str | None = None, **options: bool) -> Operation:
        return await self.end(self.engine.upgrade(None if to is None else Version(to), **options))

    def connect(self, path: str) -> Any:
        return websockets.connect(f"ws://{self.address}{path}", open_timeout=20)

    def module(self, name: str = "app") -> Any:
        return sys.modules[f"{self.name}.{name}"]

    @property
    def running(self) -> str:
        current = self.store.current()
        assert current is not None
        return str(current.version)


Serve = Callable[..., Any]


@pytest.fixture
def serve(tmp_path: Path) -> Any:
    """Serves a package with these releases, 1.0.0 first, on a real uvicorn."""

    @asynccontextmanager
    async def serve(*releases: Files, **options: Any) -> AsyncIterator[Service]:
        name = f"svc{next(NUMBERS)}"
        store = Store.create(tmp_path / "releases")
        for patch, files in enumerate(releases):
            store.unpack(write_wheel(tmp_path, name, f"1.0.{patch}", files))
        options.setdefault("proof", ProofPolicy.REFUSE)
        upward = Upward(f"{name}.app:app", store=store.root, **options)
        async with serving(upward, lifespan="on") as address:
            yield Service(upward, store, address, name)

    with imports_restored("svc"):
        yield serve


async def ask(socket: Any, message: str = "x") -> str:
    await socket.send(message)
    with anyio.fail_after(20):
        return str(await socket.recv())


async def test_up_up_and_down(serve: Serve) -> None:
    """Two upgrades and two downgrades: the sessions stay open, count on, and get and lose the new field."""
    async with (
        serve(FIRST, HELPER, FIELD) as service,
        service.connect("/live") as live,
        service.connect("/plain") as plain,
    ):
        assert (await ask(live), await ask(plain)) == ("hello 1", "hello 1")
        first = await service.upgrade()
        assert first.state is OperationState.SUCCEEDED, first.report
        assert (await ask(live), await ask(plain)) == ("good day 2", "good day 2")
        second = await service.upgrade()
        assert second.state is OperationState.SUCCEEDED, second.report
        assert (await ask(live), await ask(plain)) == ("good day 3 from 1.0.1", "good day 3")
        assert service.running == "1.0.2"
        down = await service.end(service.engine.downgrade())
        assert down.state is OperationState.SUCCEEDED, down.report
        assert (await ask(live), await ask(plain)) == ("good day 4", "good day 4")
        last = await service.end(service.engine.downgrade())
        assert last.state is OperationState.SUCCEEDED, last.report
        assert (await ask(live), await ask(plain)) == ("hello 5", "hello 5")
        assert service.running == "1.0.0"
        assert {str(s.release) for s in service.upward.sessions.open()} == {"1.0.0"}


async def test_hops(serve: Serve) -> None:
    """Over two releases at once, up and down."""
    async with serve(FIRST, HELPER, FIELD) as service, service.connect("/live") as live:
        assert await ask(live) == "hello 1"
        up = await service.upgrade("1.0.2")
        assert up.state is OperationState.SUCCEEDED, up.report
        assert await ask(live) == "good day 2 from 1.0.1"
        down = await service.end(service.engine.install(Version("1.0.0")))
        assert down.state is OperationState.SUCCEEDED, down.report
        assert await ask(live) == "hello 3"


# On real sockets; all the kinds are in tests/badreleases.
BAD: dict[str, tuple[Files, str]] = {
    "fails at import": ({**HELPER, "words.py": "raise RuntimeError('no such thing')\n"}, "no such thing"),
    "hangs at import": (
        edited(HELPER, words=("def ", "import threading\nthreading.Event().wait()\ndef ")),
        "2 s",
    ),
    "code_change changes in place, then raises": (
        edited(FIELD, app=("return Count(state.n", "state.n = 99; 1 / 0\n        return Count(state.n")),
        "ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("bad", BAD)
async def test_bad_releases(serve: Serve, bad: str) -> None:
    """A release that is wrong in some way: refused or undone, named; sessions go on; a mended one goes."""
    files, words = BAD[bad]
    timeouts = Timeouts(import_seconds=2, rehearsal_seconds=10)
    async with serve(FIRST, files, FIELD, timeouts=timeouts) as service, service.connect("/live") as live:
        assert await ask(live) == "hello 1"
        operation = await service.upgrade()
        assert operation.state in (OperationState.REFUSED, OperationState.ROLLED_BACK), operation.report
        assert words in str(operation.report["error"])
        assert await ask(live) == "hello 2"
        assert service.running == "1.0.0"
        mended = await service.upgrade("1.0.2")
        assert mended.state is OperationState.SUCCEEDED, mended.report
        assert (await ask(live)).startswith("good day 3 from 1.0.0")


async def test_a_changed_plain_handler_drains(serve: Serve) -> None:
    """A plain handler whose own function changed stays in its old frame, and is named with file and line."""
    changed = edited(
        FIRST, app=('await websocket.send_text(f"{greeting()} {n}")', 'await websocket.send_text(f"new {n}")')
    )
    async with serve(FIRST, changed) as service, service.connect("/plain") as old:
        assert await ask(old) == "hello 1"
        operation = await service.upgrade()
        assert operation.state is OperationState.SUCCEEDED, operation.report
        (session,) = service.upward.sessions.open()
        assert (str(session.way), session.place) == ("drain", f"{service.name}/app.py:30")
        assert operation.report["sessions"]["by_way"] == {"drain": 1}
        assert await ask(old) == "hello 2"
        async with service.connect("/plain") as new:
            assert await ask(new) == "new 1"
        await service.end(service.engine.downgrade())
        assert str(session.way) == "live"
        assert await ask(old) == "hello 3"


async def test_a_busy_live_session_is_waited_for(serve: Serve) -> None:
    """A `LiveSession` in the middle of a changed method is waited for; if it stays, its place is named."""
    slow = edited(
        FIRST, app=("        self.state.n += 1\n", "        await GATE.wait()\n        self.state.n += 1\n")
    )
    changed = edited(slow, app=("{greeting()} {self", "changed {self"))
    timeouts = Timeouts(settle_seconds=0, quiesce_seconds=0.1)
    async with serve(slow, changed, timeouts=timeouts) as service, service.connect("/live") as live:
        await live.send("x")
        await busy(service)
        operation = await service.upgrade()
        assert operation.state is OperationState.ROLLED_BACK
        assert operation.report["error"]["code"] == "quiesce_timeout"
        assert "Counter.handle_event" in operation.report["error"]["got"]
        assert service.store.release("1.0.1").failed is None
        service.module().GATE.set()
        assert await live.recv() == "hello 1"
        again = await service.upgrade()
        assert again.state is OperationState.SUCCEEDED, again.report
        assert await ask(live) == "changed 2"


async def busy(service: Service) -> None:
    """Return when a session is in the middle of a message."""
    while not any(session.busy for session in service.upward.sessions.open()):
        await anyio.lowlevel.checkpoint()


async def test_a_dry_run(serve: Serve) -> None:
    """A dry run rehearses on the live state and changes nothing: not the code, not the store, no module."""
    async with serve(FIRST, FIELD) as service, service.connect("/live") as live:
        assert await ask(live) == "hello 1"
        code = service.module("words").greeting.__code__
        modules = set(sys.modules)
        operation = await service.upgrade(dry_run=True)
        assert operation.state is OperationState.SUCCEEDED, operation.report
        assert operation.report["rehearsal"]["where"] == "fork"
        assert service.module("words").greeting.__code__ is code
        assert {m for m in set(sys.modules) - modules if m.startswith("svc")} == set()
        assert (service.running, await ask(live)) == ("1.0.0", "hello 2")


UPGRADABLE = edited(
    FIRST,
    app=(
        "async def plain(websocket):\n    await websocket.accept()\n",
        "@upgradable\nasync def plain(websocket):\n    await websocket.accept()\n    # here\n",
    ),
)
UPGRADABLE = edited(
    UPGRADABLE, app=("from upward_asgi import LiveSession", "from upward_asgi import LiveSession, upgradable")
)
RESTARTED = edited(
    UPGRADABLE,
    app=('await websocket.send_text(f"{greeting()} {n}")', 'await websocket.send_text(f"new {n}")'),
)


async def test_an_upgradable_handler_is_restarted(serve: Serve) -> None:
    """A changed handler marked `@upgradable` is started anew on its open connection."""
    async with serve(UPGRADABLE, RESTARTED) as service, service.connect("/plain") as socket:
        assert await ask(socket) == "hello 1"
        operation = await service.upgrade()
        assert operation.state is OperationState.SUCCEEDED, operation.report
        assert operation.report["sessions"]["by_way"] == {"restart": 1}
        assert await ask(socket) == "new 1"
        await service.end(service.engine.downgrade())
        assert await ask(socket) == "hello 1"


async def test_a_restarted_handler_that_crashes(serve: Serve) -> None:
    """When the new handler crashes at its start, all is undone and the old one takes over again."""
    crashing = edited(RESTARTED, app=("    # here\n", "    1 / 0\n"))
    async with (
        serve(UPGRADABLE, crashing) as service,
        service.connect("/plain") as socket,
        service.connect("/live") as live,
    ):
        assert (await ask(socket), await ask(live)) == ("hello 1", "hello 1")
        operation = await service.upgrade()
        assert operation.state is OperationState.ROLLED_BACK, operation.report
        assert "ZeroDivisionError" in operation.report["error"]["got"]
        assert (await ask(socket), await ask(live)) == ("hello 1", "hello 2")
        assert service.running == "1.0.0"


GROWN = {
    **FIRST,
    "app.py": APP.replace("import LiveSession", "import LiveSession, code_change")
    + """

@code_change(app)
def grow(app, old_vsn, new_vsn):
    app.state.grown = f"{old_vsn} to {new_vsn}"
    # here
""",
}


async def test_the_applications_own_code_change(serve: Serve) -> None:
    """It runs once in the transaction, with the application object and both versions."""
    async with serve(FIRST, GROWN) as service:
        operation = await service.upgrade()
        assert operation.state is OperationState.SUCCEEDED, operation.report
        assert service.module().app.state.grown == "1.0.0 to 1.0.1"


async def test_the_applications_own_code_change_fails(serve: Serve) -> None:
    """What it did to the application before it raised is undone with everything else."""
    failing = edited(GROWN, app=("# here", "raise RuntimeError('no room')"))
    async with serve(FIRST, failing) as service, service.connect("/live") as live:
        operation = await service.upgrade()
        assert operation.state is OperationState.REFUSED
        assert "no room" in operation.report["error"]["got"]
        assert not hasattr(service.module().app.state, "grown")
        assert await ask(live) == "hello 1"


@pytest.mark.parametrize("policy", ProofPolicy)
async def test_a_result_that_differs_from_a_fresh_start(
    serve: Serve, policy: ProofPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses the release, is reported, or is not looked for, as the policy says."""
    difference = Difference("app:LIMIT", "20", "10", "still as in the old release")
    monkeypatch.setattr(Proof, "differences", lambda *_: (difference,))
    async with serve(FIRST, HELPER, proof=policy) as service:
        operation = await service.upgrade()
        report = operation.report
        if policy is ProofPolicy.REFUSE:
            assert operation.state is OperationState.REFUSED
            assert report["error"]["code"] == "not_hot"
            assert "app:LIMIT" in report["error"]["reasons"][0]["message"]
            return
        assert operation.state is OperationState.SUCCEEDED, report
        seen = policy is ProofPolicy.REPORT
        assert report["rehearsal"]["equal_to_fresh_start"] is (False if seen else None)
        assert any("app:LIMIT" in warning for warning in report["warnings"]) is seen


STARTS = edited(
    FIRST,
    app=(
        "app = Starlette(routes=",
        "from contextlib import asynccontextmanager\n\n\n@asynccontextmanager\nasync def lifespan(app):\n"
        "    app.state.ready = 1\n    yield\n\n\napp = Starlette(lifespan=lifespan, routes=",
    ),
)
STARTS_OTHERWISE = edited(STARTS, app=("ready = 1", "ready = 2"))
STARTS_OTHERWISE = edited(STARTS_OTHERWISE, words=("hello", "good day"))


async def test_an_operator_may_accept_changed_start_up_code(serve: Serve) -> None:
    """Refused as it is; accepted, it goes, up and down, and a note says what waits for the restart."""
    async with serve(STARTS, STARTS_OTHERWISE) as service, service.connect("/live") as live:
        refused = await service.upgrade()
        assert refused.state is OperationState.REFUSED
        assert [reason["code"] for reason in refused.report["error"]["reasons"]] == ["startup"]
        accepted = await service.upgrade("1.0.1", accept_startup=True)
        assert accepted.state is OperationState.SUCCEEDED, accepted.report
        notes = [note for note in accepted.report["verdict"]["notes"] if note["code"] == "startup"]
        assert "next restart" in notes[0]["message"]
        assert await ask(live) == "good day 1"
        assert service.module().app.state.ready == 1
        back = await service.end(service.engine.downgrade(accept_startup=True))
        assert back.state is OperationState.SUCCEEDED, back.report
        assert await ask(live) == "hello 2"


LATE = "from .app import app\n\nROOMS = {}\n"
"""A module that the service does not import; its state is made otherwise by the next release."""
WITH_LATE = {**FIRST, "late.py": LATE}
LATE_CHANGES = {**HELPER, "late.py": LATE.replace("{}", "dict(lobby=[])")}


async def test_state_of_a_module_that_nobody_imported_refuses_nothing(serve: Serve) -> None:
    """It is a note, up and down; where the module is imported, it is a reason."""
    async with serve(WITH_LATE, LATE_CHANGES) as service, service.connect("/live") as live:
        assert [hop.verdict.hot for hop in service.engine.plan()] == [True]
        up = await service.upgrade()
        assert up.state is OperationState.SUCCEEDED, up.report
        (note,) = up.report["verdict"]["notes"]
        assert note["code"] == "live_state"
        assert f"has not imported {service.name}.late" in note["message"]
        assert await ask(live) == "good day 1"
        down = await service.end(service.engine.downgrade())
        assert down.state is OperationState.SUCCEEDED, down.report
        importlib.import_module(f"{service.name}.late")
        refused = await service.upgrade()
        assert refused.state is OperationState.REFUSED
        assert [reason["code"] for reason in refused.report["error"]["reasons"]] == ["live_state"]
        assert await ask(live) == "hello 2"


async def test_a_module_is_imported_between_plan_and_commit(serve: Serve, monkeypatch: Any) -> None:
    """What was no reason at the plan is one now: everything is undone, and the reason is named."""
    scan = Preparation.scan

    async def scan_and_import(self: Preparation, steps: Sequence[Step]) -> None:
        await scan(self, steps)
        importlib.import_module(f"{service.name}.late").ROOMS["lobby"] = "ada"

    async with serve(WITH_LATE, LATE_CHANGES) as service, service.connect("/live") as live:
        monkeypatch.setattr(Preparation, "scan", scan_and_import)
        operation = await service.upgrade()
        assert operation.state is OperationState.ROLLED_BACK, operation.report
        (reason,) = operation.report["error"]["reasons"]
        assert "was not imported when the upgrade was planned, and is now" in reason["message"]
        assert service.module("late").ROOMS == {"lobby": "ada"}
        assert service.running == "1.0.0"
        assert await ask(live) == "hello 1"


ADDING = edited(
    FIRST,
    app=(
        "async def page(request)",
        'def late():\n    app.add_route("/late", page)\n\n\nasync def page(request)',
    ),
)
ADDING_ROUTES = edited(ADDING, app=('Route("/", page)', 'Route("/", page), Route("/new", page)'))


@pytest.mark.parametrize("called", [False, True])
async def test_a_function_that_adds_a_route(serve: Serve, called: bool) -> None:
    """It refuses when the service has called it: the route would be lost. Else there is nothing to lose."""
    async with serve(ADDING, ADDING_ROUTES) as service:
        if called:
            service.module().late()
        operation = await service.upgrade()
        (note,) = operation.report["verdict"]["notes"]
        assert note["code"] == "added_at_run_time"
        paths = [route.path for route in service.module().app.routes]
        if called:
            assert operation.state is OperationState.REFUSED, operation.report
            assert "added at run time" in operation.report["error"]["reasons"][0]["message"]
            assert "/late" in paths
        else:
            assert operation.state is OperationState.SUCCEEDED, operation.report
            assert "/new" in paths


@pytest.mark.parametrize("why", ["the proof is off", "it only reports", "no copy can be made"])
async def test_a_function_that_adds_a_route_and_nobody_can_tell(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Where nothing is proved, the reason counts, called or not."""
    policies = {"the proof is off": ProofPolicy.OFF, "it only reports": ProofPolicy.REPORT}
    if why not in policies:
        monkeypatch.setattr("upward_asgi.upgrade.rehearsal.can_fork", lambda: False)
    async with serve(ADDING, ADDING_ROUTES, proof=policies.get(why, ProofPolicy.REFUSE)) as service:
        operation = await service.upgrade()
        assert operation.state is OperationState.REFUSED, operation.report
        assert [reason["code"] for reason in operation.report["error"]["reasons"]] == ["added_at_run_time"]


BUILT = edited(
    FIRST,
    words=(
        'def greeting():\n    return "hello"\n',
        'def build():\n    return ["hello"]\n\n\nTABLE = build()\n\n\ndef greeting():\n    return TABLE[0]\n',
    ),
)
BUILT_ANEW = edited(BUILT, words=('["hello"]', '["good day"]'))


async def test_what_the_proof_teaches_is_planned_and_rehearsed_again(serve: Serve) -> None:
    """A table that a changed function built, and that nobody has touched since, is made anew, both ways."""
    async with serve(BUILT, BUILT_ANEW, FIELD) as service, service.connect("/live") as live:
        assert await ask(live) == "hello 1"
        up = await service.upgrade()
        assert up.state is OperationState.SUCCEEDED, up.report
        assert up.report["rehearsal"]["rebuilt"] == [f"{service.name}.words:TABLE"]
        assert up.report["rehearsal"]["equal_to_fresh_start"] is True
        assert await ask(live) == "good day 2"
        down = await service.end(service.engine.downgrade())
        assert down.state is OperationState.SUCCEEDED, down.report
        assert await ask(live) == "hello 3"
        over_both = await service.upgrade("1.0.2")
        assert over_both.state is OperationState.SUCCEEDED, over_both.report
        assert await ask(live) == "good day 4 from 1.0.1"


async def test_live_state_is_never_made_anew(serve: Serve) -> None:
    """The same table, when the service has written to it: the release is refused, and the table is kept."""
    async with serve(BUILT, BUILT_ANEW) as service, service.connect("/live") as live:
        service.module("words").TABLE.append("from a user")
        operation = await service.upgrade()
        assert operation.state is OperationState.REFUSED, operation.report
        assert "words:TABLE" in operation.report["error"]["reasons"][0]["message"]
        assert service.module("words").TABLE == ["hello", "from a user"]
        assert await ask(live) == "hello 1"


async def test_new_module_code_reads_a_new_file(serve: Serve) -> None:
    """A file that comes with the release is found beside the module, when it is rehearsed and afterwards."""
    reads = "from pathlib import Path\n\nNOTE = Path(__file__).with_name('note.txt').read_text()\n"
    async with serve(FIRST, {**FIRST, "words.py": reads + WORDS, "note.txt": "new"}) as service:
        operation = await service.upgrade()
        assert operation.state is OperationState.SUCCEEDED, operation.report
        assert service.module("words").NOTE == "new"
