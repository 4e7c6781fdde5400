"""Wheels for the store's tests, written by hand so that each part can be made wrong."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from upward_asgi.store import Store

WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

MakeWheel = Callable[..., Path]


def record_line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def write_wheel(path: Path, files: Mapping[str, bytes], dist_info: str, record: str | None = None) -> Path:
    """A wheel of exactly these files; RECORD is right unless given."""
    right = "".join(record_line(name, content) for name, content in files.items())
    text = f"{right}{dist_info}/RECORD,,\n" if record is None else record
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(_of_a_fixed_time(name), content)
        archive.writestr(_of_a_fixed_time(f"{dist_info}/RECORD"), text)
    return path


def _of_a_fixed_time(name: str) -> zipfile.ZipInfo:
    """The same files are the same wheel, whenever it is written."""
    entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def release_files(name: str, version: str, modules: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a release, without RECORD."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {file: text.encode() for file, text in modules.items()}
    return {**files, f"{info}/METADATA": metadata.encode(), f"{info}/WHEEL": WHEEL.encode()}


@pytest.fixture
def make_wheel(tmp_path: Path) -> MakeWheel:
    """Makes the wheel of a small release in a folder of its own."""

    def make(version: str = "1.0.0", modules: Mapping[str, str] | None = None, name: str = "board") -> Path:
        modules = {f"{name}/__init__.py": f"VERSION = {version!r}\n"} if modules is None else modules
        folder = tmp_path / "dist"
        folder.mkdir(exist_ok=True)
        files = release_files(name, version, modules)
        return write_wheel(
            folder / f"{name}-{version}-py3-none-any.whl", files, f"{name}-{version}.dist-info"
        )

    return make


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store that does not wait long for a lock."""
    return Store.create(tmp_path / "releases", lock_timeout=0.2)
