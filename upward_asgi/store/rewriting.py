"""Write a wheel again with files added to its .dist-info: RECORD right, the same bytes every time.

Names in a fixed order, one fixed time, permissions reduced to executable or not: what is left is content, so
the digest of the wheel can be the identity of the release.
"""

from __future__ import annotations

import base64
import hashlib
import io
import stat
import zipfile
from collections.abc import Iterator, Mapping

from .wheels import Wheel

__all__ = ["with_files"]

_TIME = (2020, 2, 2, 0, 0, 0)
_FILE = stat.S_IFREG | 0o644
_PROGRAM = stat.S_IFREG | 0o755


def with_files(wheel: Wheel, added: Mapping[str, bytes]) -> bytes:
    """The bytes of the wheel with `added` (name in .dist-info to content) put in, or put in anew."""
    info = wheel.dist_info
    extra = {f"{info}/{name}": content for name, content in added.items()}
    # RECORD is made anew, and a signature of the old one says nothing about it.
    gone = {f"{info}/RECORD", f"{info}/RECORD.jws", f"{info}/RECORD.p7s", *extra}
    kept = {entry.filename: entry for entry in wheel.files if entry.filename not in gone}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        record = []
        for name in _ordered({*kept, *extra}, info):
            content = extra[name] if name in extra else wheel.archive.read(name)
            program = name in kept and bool((kept[name].external_attr >> 16) & 0o111)
            _put(archive, name, content, _PROGRAM if program else _FILE)
            record.append(_line(name, content))
        _put(archive, f"{info}/RECORD", "".join([*record, f"{info}/RECORD,,\n"]).encode(), _FILE)
    return target.getvalue()


def _ordered(names: set[str], dist_info: str) -> Iterator[str]:
    """Sorted, the .dist-info last, as the wheel specification recommends."""
    yield from sorted(names, key=lambda name: (name.startswith(f"{dist_info}/"), name))


def _put(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.create_system = 3  # Unix, whatever it is built on: the mode means something there
    entry.external_attr = mode << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    quoted = '"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name
    return f"{quoted},sha256={digest},{len(content)}\n"
