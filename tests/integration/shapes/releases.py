"""The releases that every shape goes through: a helper changes, the handlers change, the new ones crash.

Each handler is in a release twice: marked `@upgradable`, and unmarked.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["CRASHES", "FIRST", "HANDLERS", "HELPER", "write_wheels"]

FIRST, HELPER, HANDLERS, CRASHES = "1.0.0", "1.0.1", "1.0.2", "1.0.3"
_CASES = Path(__file__).parent / "cases"
_FAMILIES = ("loops", "cleanup", "tasks", "pushing", "web", "others")
_APP = """
from starlette.applications import Starlette
from starlette.routing import Mount

FAMILIES

app = Starlette(routes=[Mount(f"/{name}", routes=module.routes) for name, module in modules.items()])
"""
_CODE_CHANGE = """

@code_change(Said)
def mark_how_it_came(old_vsn, said, extra):
    said = Said(**vars(said))
    if isinstance(old_vsn, Down):
        if old_vsn.to < Version("1.0.2"):
            del said.mark
    elif old_vsn < Version("1.0.2"):
        said.mark = f"from {old_vsn}"
    return said
"""
Files = Mapping[str, str]


def write_wheels(folder: Path, name: str) -> list[Path]:
    """The wheels of all releases of the package `name`, first to last."""
    files = _first()
    releases = {
        FIRST: files,
        HELPER: _edited(files, "words", _word_changed),
        HANDLERS: _edited(_edited(files, "words", _state_grown), "_", _voice_changed),
    }
    releases[CRASHES] = _edited(releases[HANDLERS], "marked_", _crashing)
    return [_write_wheel(folder, name, version, files) for version, files in releases.items()]


def _first() -> Files:
    files = {f"{name}.py": (_CASES / f"{name}.py").read_text("utf-8") for name in ("words", "marks")}
    for family in _FAMILIES:
        text = (_CASES / f"{family}.py").read_text("utf-8")
        files[f"marked_{family}.py"] = text
        files[f"plain_{family}.py"] = text.replace("import upgradable as mark", "import unmarked as mark")
    modules = [name.removesuffix(".py") for name in files if "_" in name]
    imports = [f"from . import {', '.join(modules)}", "", "modules = {"]
    imports += [f'    "{name.replace("_", "/", 1)}": {name},' for name in modules]
    files["app.py"] = _APP.replace("FAMILIES", "\n".join([*imports, "}"]))
    return files | {"__init__.py": ""}


def _edited(files: Files, part: str, edit: Callable[[str], str]) -> Files:
    """The files with `edit` done to those whose name has `part` in it and that are modules of handlers."""
    chosen = {name for name in files if part in name and not name.startswith("__")}
    return {name: edit(text) if name in chosen else text for name, text in files.items()}


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)


def _word_changed(text: str) -> str:
    return _replaced(text, 'return "one"', 'return "two"')


def _state_grown(text: str) -> str:
    text = _replaced(
        _word_changed(text), "    count: int = 0\n", '    count: int = 0\n    mark: str = "none"\n'
    )
    text = _replaced(text, "import session", "import Down, code_change, session")
    text = _replaced(text, "from upward_asgi", "from packaging.version import Version\n\nfrom upward_asgi")
    return text + _CODE_CHANGE


def _voice_changed(text: str) -> str:
    return _replaced(text, 'voice = "first"', 'voice = "second"')


def _crashing(text: str) -> str:
    return _replaced(text, 'voice = "second"', 'voice = "third" + 1')


def _write_wheel(folder: Path, name: str, version: str, files: Files) -> Path:
    info = f"{name}-{version}.dist-info"
    contents = {f"{name}/{file}": text for file, text in files.items()}
    contents[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    contents[f"{info}/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = [f"{file},sha256={_digest(text)},{len(text.encode())}" for file, text in contents.items()]
    contents[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in contents.items():
            archive.writestr(file, text)
    return path


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
