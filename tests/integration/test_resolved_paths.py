"""Paths that an application resolved at start-up follow an upgrade, as `__file__` itself does."""

from __future__ import annotations

from typing import Any

from .in_process import ServeModule

APP = """
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

BASE = Path(__file__).resolve().parent


class Pages:
    def __init__(self, folder):
        self.folder, self.cache = folder, {}

    def get(self, name):
        return self.cache.setdefault(name, (self.folder / name).read_text())


class Config:
    folder = Path(__file__).resolve().parent


def here():
    return Path(__file__).resolve().parent


HERE = here()
pages = Pages(BASE)
app = Starlette(routes=[Mount("/static", StaticFiles(directory=BASE))])
app.mount("/more", StaticFiles(directory=Path(__file__).resolve().parent))


def number():
    return 1
"""
NEXT = APP.replace("return 1", "return 2")


async def test_resolved_paths_follow(serve_module: ServeModule) -> None:
    """What `resolve()` turned into a folder of the old release is made anew, and all that hangs on it."""
    async with serve_module(APP, NEXT) as service:
        module = service.app
        assert _releases(module) == {"1.0.0"}
        assert "return 1" in module.pages.get("app.py")  # lived: the cache is the old release's
        await service.upgrade()
        assert _releases(module) == {"1.0.1"}
        assert "return 2" in module.pages.get("app.py")
        await service.downgrade()
        assert _releases(module) == {"1.0.0"}
        assert "return 1" in module.pages.get("app.py")


def _releases(module: Any) -> set[str]:
    """Those in whose folders the application's paths lie."""
    mounted = (mount.app.directory for mount in module.app.routes)
    return {path.parent.name for path in (module.BASE, module.HERE, module.Config.folder, *mounted)}
