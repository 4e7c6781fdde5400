"""A real engine, a real store and a real admin application, called without a server in between."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest

from upward_asgi.admin import Admin
from upward_asgi.admin.api import AdminApp
from upward_asgi.sessions import Sessions
from upward_asgi.store import Store, StoreImports
from upward_asgi.upgrade import Engine

TOKEN = "correct-horse"


class Application:
    """An application without packages: nothing of it can have been imported from elsewhere."""

    packages: tuple[str, ...] = ()

    def reload(self) -> Callable[[], None]:
        return lambda: None


class Service:
    """What the admin API works on, and a client of it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.create(folder / "releases")
        for version in ("1.0.0", "1.0.1"):
            self.store.unpack(write_wheel(folder, version))
        self.sessions = Sessions(self.store.boot().version)
        self.engine = Engine(
            store=self.store,
            imports=StoreImports(self.store, self.store.boot()),
            sessions=self.sessions,
            application=Application(),
        )
        self.admin = Admin(token=TOKEN)

    def client(self, admin: Admin | None = None, **headers: str) -> httpx2.AsyncClient:
        app = AdminApp(admin or self.admin, self.engine, self.store, self.sessions)
        transport = httpx2.ASGITransport(app=app)
        return httpx2.AsyncClient(transport=transport, base_url="http://localhost/_upward", headers=headers)


def write_wheel(folder: Path, version: str) -> Path:
    """The wheel of a one-module release."""
    info = f"small-{version}.dist-info"
    files = {
        "small.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: small\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {name: hashlib.sha256(text.encode()).digest() for name, text in files.items()}
    lines = [
        f"{name},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{len(files[name])}\n"
        for name, digest in digests.items()
    ]
    files[f"{info}/RECORD"] = "".join(lines) + f"{info}/RECORD,,\n"
    path = folder / f"small-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A service that runs 1.0.0 and has 1.0.1 in its store; its engine does not run."""
    return Service(tmp_path)


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with the token, of a service whose engine runs."""
    async with service.engine.run(), service.client(Authorization=f"Bearer {TOKEN}") as client:
        yield client
