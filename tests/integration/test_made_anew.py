"""An object that a changed statement makes anew loses what it has gathered, which is said."""

from __future__ import annotations

from .in_process import ServeModule

APP = """
from starlette.applications import Starlette


class Hub:
    def __init__(self, size):
        self.size, self.members = size, set()


HUB = Hub(10)
app = Starlette()
"""
LARGER = APP.replace("Hub(10)", "Hub(20)")


async def test_lived(serve_module: ServeModule) -> None:
    """The hub that has members is named with its line, in a note beforehand and in a warning."""
    async with serve_module(APP, LARGER) as service:
        service.app.HUB.members.add("ada")
        (appup,) = service.engine.plan()
        (note,) = (one for one in appup.verdict.notes if one.code == "made_anew")
        assert (note.line, note.message.split()[0]) == (10, "HUB")
        report = await service.upgrade()
        (warning,) = report["warnings"]
        package = service.app.__package__
        assert warning.startswith(f"{package}.app:HUB is made anew ({package}/app.py:10)")
        assert "warning   " in service.text
        assert (service.app.HUB.size, service.app.HUB.members) == (20, set())


async def test_not_lived(serve_module: ServeModule) -> None:
    """One that nobody has joined has nothing to lose: no warning."""
    async with serve_module(APP, LARGER) as service:
        assert (await service.upgrade())["warnings"] == []
