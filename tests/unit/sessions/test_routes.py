"""Which paths belong to the routes that a project names as upgradable."""

from __future__ import annotations

import pytest

from upward_asgi.sessions.routes import Routes


@pytest.mark.parametrize(
    ("route", "path", "fits"),
    [
        ("/chat", "/chat", True),
        ("/chat", "/chat/more", False),
        ("/rooms/{room}", "/rooms/red", True),
        ("/rooms/{room}", "/rooms/red/blue", False),
        ("/rooms/{number:int}/ws", "/rooms/3/ws", True),
        ("/files/{name:path}", "/files/a/b.txt", True),
        ("/a.b", "/axb", False),
    ],
)
def test_paths(route: str, path: str, fits: bool) -> None:
    """A route is written as the application writes it; a parameter stands for one part of the path."""
    assert Routes([route]).match(path) is fits


def test_of_a_release() -> None:
    """Another release names others; those of who serves it stay. Nothing named fits nothing."""
    routes = Routes(["/always"])
    routes.of_release(["/now"])
    assert [routes.match(path) for path in ("/always", "/now")] == [True, True]
    routes.of_release([])
    assert [routes.match(path) for path in ("/always", "/now")] == [True, False]
    assert not Routes().match("/")
