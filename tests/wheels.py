"""Wheels made by hand, for tests that need many releases fast, and wrong ones too."""

from __future__ import annotations

import base64
import hashlib
import textwrap
import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["contents_of", "digest", "record_of", "write_archive", "write_wheel"]

Content = str | bytes


def write_wheel(folder: Path, name: str, version: str, files: Mapping[str, Content]) -> Path:
    """A right wheel of the package `name` with these modules in it."""
    contents = contents_of(name, version, files)
    return write_archive(folder, name, version, {**contents, **record_of(name, version, contents)})


def contents_of(name: str, version: str, files: Mapping[str, Content]) -> dict[str, bytes]:
    """Every file of the wheel but RECORD, by its path in the archive."""
    info = f"{name}-{version}.dist-info"
    made = {f"{name}/{file}": _bytes(text) for file, text in files.items()}
    made[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    made[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    return made


def record_of(name: str, version: str, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The RECORD that tells the truth about these contents."""
    path = f"{name}-{version}.dist-info/RECORD"
    lines = [f"{file},sha256={digest(data)},{len(data)}" for file, data in contents.items()]
    return {path: "\n".join([*lines, f"{path},,", ""]).encode()}


def write_archive(folder: Path, name: str, version: str, contents: Mapping[str, bytes]) -> Path:
    """A zip archive with a wheel's name and these contents, right or wrong."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data in contents.items():
            archive.writestr(file, data)
    return path


def digest(data: bytes) -> str:
    """The hash as RECORD writes it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else textwrap.dedent(content).encode()
