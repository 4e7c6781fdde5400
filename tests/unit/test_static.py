"""Static files that follow an upgrade, and old hashed files that outlive it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.wheels import write_wheel
from upward_asgi.static import StaticFiles
from upward_asgi.store import Store

RELEASES: list[dict[str, str]] = [
    {"app-0a1B2c3D.js": "first", "board.css": "red", "plain.css": "gone", "same.txt": "same"},
    {"app-9f8E7d6C.js": "second", "board.css": "blue", "same.txt": "same"},
    {"app-11112222.js": "third", "board.css": "blue", "same.txt": "same"},
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with three releases, the first one running."""
    made = Store.create(tmp_path / "releases")
    for patch, files in enumerate(RELEASES):
        static = {f"static/{name}": text for name, text in files.items()}
        made.unpack(write_wheel(tmp_path, "site", f"1.0.{patch}", {"__init__.py": "", **static}))
    made.boot()
    return made


@pytest.fixture
def files(store: Store) -> StaticFiles:
    """What an application serves from beside its module, whose `__file__` goes through `current`."""
    return StaticFiles(directory=store.root / "current" / "site" / "static")


@pytest.fixture
def client(files: StaticFiles) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", files)]))


def test_the_folder_switches_with_the_release(store: Store, client: TestClient) -> None:
    """After an upgrade, and after a rollback, the files are those of the release that runs."""
    seen = []
    for version in ("1.0.0", "1.0.1", "1.0.0"):
        store.make_current(version)
        seen.append(client.get("/static/board.css").text)
    assert seen == ["red", "blue", "red"]


def test_old_hashed_files_stay(store: Store, client: TestClient) -> None:
    """A page from before an upgrade, or from before a rollback, still gets the scripts that it names."""
    store.make_current("1.0.1")
    assert client.get("/static/app-0a1B2c3D.js").text == "first"
    assert client.get("/static/app-9f8E7d6C.js").text == "second"
    store.make_current("1.0.0")
    assert client.get("/static/app-9f8E7d6C.js").text == "second"


def test_what_is_not_served(store: Store, client: TestClient) -> None:
    """No file without a hash that was taken away, none of a release that never ran, none outside."""
    store.make_current("1.0.1")
    for path in ("plain.css", "app-11112222.js", "..%2F..%2Fsite-00000000.py", "missing-0a1B2c3D.js"):
        assert client.get(f"/static/{path}").status_code == 404, path


def test_the_version_of_what_is_served(store: Store, files: StaticFiles) -> None:
    """It changes with the files, and comes back with them."""
    versions = []
    for version in ("1.0.0", "1.0.1", "1.0.0"):
        store.make_current(version)
        versions.append(files.version)
    assert versions[0] != versions[1] and versions[0] == versions[2]


def test_outside_a_store(tmp_path: Path) -> None:
    """Without a store, in development, it is Starlette's class and has a version."""
    (tmp_path / "a.txt").write_text("a")
    files = StaticFiles(directory=tmp_path)
    client = TestClient(Starlette(routes=[Mount("/static", files)]))
    assert client.get("/static/a.txt").text == "a"
    assert client.get("/static/a-12345678.txt").status_code == 404
    assert len(files.version) == 12
