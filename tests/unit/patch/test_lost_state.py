"""What the running service put where the patch makes everything anew is told, and nothing else."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from upward_asgi.patch.describe import describe
from upward_asgi.patch.lost_state import lost_additions, lost_entries

ROOM = """
class Room:
    def __init__(self):
        self.members = set()
"""
SITE = """
from starlette.applications import Starlette
from starlette.routing import Route, Router
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
async def page(request):
    return PlainTextResponse("")
app = Starlette(routes=[Route("/", page)])
wrapped = GZipMiddleware(GZipMiddleware(Starlette()))
part = Router(routes=[Route("/", page)])
"""


def words(source: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A module `app` as it is described."""
    module = ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", module)
    exec(source, module.__dict__)
    return dict(describe({"app": module}, roots={}))


@pytest.mark.parametrize(
    ("lived", "lost"),
    [
        ("R['x'] = 1", ["app:R"]),
        ("del R['a']; R['x'] = 1", ["app:R"]),
        ("R['a'].members.add('ada')", []),
        ("R['a'] = R.pop('a')", []),
    ],
)
@pytest.mark.parametrize("other_name", ["", "A = R\n"])
def test_a_refilled_table_with_entries_of_the_service(
    monkeypatch: pytest.MonkeyPatch, lived: str, lost: list[str], other_name: str
) -> None:
    """What was put in or taken out counts, not what became of the entries, nor their order."""
    old = f"{ROOM}R = {{'a': Room(), 'b': Room()}}\n{other_name}"
    new = f"{ROOM}R = {{'a': Room()}}\n{other_name}"
    one, two, before, live = (words(t, monkeypatch) for t in (old, new, f"{old}{lived}", new))
    found = lost_entries(one, two, before, live, ["app:R"])
    assert [difference.path for difference in found] == lost
    assert not lost_entries(one, two, before, before, ["app:R"])


@pytest.mark.parametrize(
    ("lived", "lost"),
    [
        ("app.add_route('/late', page)", ["app:app.router.routes"]),
        ("app.router.routes.clear()", ["app:app.router.routes"]),
        ("app.add_middleware(GZipMiddleware)", ["app:app.user_middleware"]),
        ("app.add_exception_handler(404, page)", ["app:app.exception_handlers"]),
        ("part.add_route('/late', page)", ["app:part.routes"]),
        ("app.state.rooms = {}; app.middleware_stack = app.build_middleware_stack()", []),
        ("wrapped.app.app.add_route('/late', page)", ["app:wrapped.app.app.router.routes"]),
        ("", []),
    ],
)
@pytest.mark.parametrize("other_name", ["", "a = app.router; b = app\n"])
def test_what_was_added_to_an_application(
    monkeypatch: pytest.MonkeyPatch, lived: str, lost: list[str], other_name: str
) -> None:
    """Routes, middleware and handlers count, state does not; nor do other names of the same objects."""
    source = SITE + other_name
    old, before = words(source, monkeypatch), words(source + lived, monkeypatch)
    found = lost_additions(old, before, ["app:app", "app:part", "app:wrapped", "app:new"])
    assert [difference.path for difference in found] == lost


def test_an_application_that_nobody_can_look_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be said that nothing was added."""
    described = words("app = object()", monkeypatch)
    (found,) = lost_additions(described, described, ["app:app"])
    assert "nobody can tell" in str(found)
