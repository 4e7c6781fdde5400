"""A store with releases of the echo, to go up and down between."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

from upward_asgi.store import Store

__all__ = ["VERSIONS", "fill_store"]

VERSIONS = ("1.0.0", "1.0.1")
_SOURCE = Path(__file__).parent / "echoed.py"


def fill_store(folder: Path) -> Path:
    """Unpack the releases into a new store; gives its root."""
    store = Store.create(folder / "releases")
    for number, version in enumerate(VERSIONS):
        text = _SOURCE.read_text().replace('"r0"', f'"r{number}"')
        info = f"echoed-{version}.dist-info"
        files = {
            "echoed.py": text,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: echoed\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{name},{_digest(content)},{len(content)}\n" for name, content in files.items())
        wheel = folder / f"echoed-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, content in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                archive.writestr(name, content)
        store.unpack(wheel)
    return store.root


def _digest(text: str) -> str:
    found = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(found).rstrip(b'=').decode()}"
