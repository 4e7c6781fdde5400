"""Patch generated releases, each in a forked copy of this clean interpreter: one JSON document a line.

A request is `{"root": folder}` with the releases in `root/v1` and `root/v2`. The answer says what the patch
differs in from a fresh start, what undoing it left, and what calling things gives here and in a fresh start.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from packaging.version import Version

from upward_asgi.appup import make_appup
from upward_asgi.errors import UpwardError
from upward_asgi.patch import SysPathImports, prepare
from upward_asgi.patch.compare import compare
from upward_asgi.patch.describe import describe

MODULES = ("base", "user")
sys.dont_write_bytecode = True


def load(root: Path) -> dict[str, ModuleType]:
    """Import the release of a folder."""
    sys.path.insert(0, str(root))
    for name in MODULES:
        __import__(name)
    return {name: sys.modules[name] for name in MODULES}


def behaviour(modules: Mapping[str, ModuleType]) -> dict[str, str]:
    """What calling every function, and every method of a new instance, gives."""
    return dict(_calls((f"{m}.{n}", v) for m, module in modules.items() for n, v in vars(module).items()))


def _calls(named: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, value in list(named):
        if isinstance(value, type) and value.__module__ in MODULES:
            yield from methods(name, value())
        elif isinstance(value, FunctionType) or hasattr(value, "cache_clear"):
            yield name, called(value)


def methods(name: str, instance: Any) -> Iterator[tuple[str, str]]:
    """What the public attributes of an instance give, called where they can be."""
    for attribute in dir(type(instance)):
        if not attribute.startswith("_"):
            value = getattr(instance, attribute)
            yield f"{name}.{attribute}", shown(value)


def called(function: Callable[..., Any]) -> str:
    """The result of a call without arguments; a decorator needs one and is left alone."""
    try:
        return shown(function())
    except TypeError as error:
        return f"TypeError {str(error).partition('()')[0]}"


def shown(value: Any) -> str:
    """A value without addresses: what can be called is called."""
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}({', '.join(map(shown, value))})"
    return called(value) if callable(value) else repr(value)


def fresh(root: Path, shown_as: Path) -> dict[str, Any]:
    """A fresh start of a release, described."""
    modules = load(root)
    return {
        "described": describe(modules, roots={str(shown_as): "<root>"}),
        "behaviour": behaviour(modules),
    }


def patched(root: Path, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Patch the older release to the newer, compare, undo, compare."""
    v1, v2 = root / "v1", root / "v2"
    modules = load(v1)
    behaviour(modules)  # warms caches
    held = dict(_held(modules))
    roots = {str(v2): "<root>"}
    before = describe(modules, roots=roots)
    identities = {f"{m}.{n}": id(v) for m, module in modules.items() for n, v in vars(module).items()}
    try:
        appup = make_appup(v1, v2, old_version=Version("1.0.0"), new_version=Version("1.0.1"))
        if not appup.verdict.hot:
            return {"refused": [str(reason) for reason in appup.verdict.reasons]}
        patch = prepare(appup.up, old=v1, new=v2, imports=SysPathImports(v1)).apply()
    except UpwardError as error:
        return {"refused": [str(error)], "undone": left(before, describe(modules, roots=roots))}
    live = {name: sys.modules[name] for name in MODULES}
    differences = compare(old["described"], new["described"], before, describe(live, roots=roots))
    outcome = {
        "differences": [str(difference) for difference in differences],
        "behaviour": left(new["behaviour"], behaviour(live)),
        "held": left(*_both(new["behaviour"], dict(_calls_of(held)))),
    }
    patch.undo()
    again = {f"{m}.{n}": id(v) for m, module in modules.items() for n, v in vars(module).items()}
    outcome["undone"] = left(before, describe(modules, roots=roots)) + left(identities, again)
    return outcome


def _held(modules: Mapping[str, ModuleType]) -> Iterator[tuple[str, Any]]:
    """What a session may hold: functions, and instances of classes."""
    for module in modules.values():
        for name, value in vars(module).items():
            if getattr(value, "__module__", None) == module.__name__:
                if isinstance(value, type):
                    yield f"{module.__name__}.{name}", value()
                elif isinstance(value, FunctionType):
                    yield f"{module.__name__}.{name}", value


def _calls_of(held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in held.items():
        if isinstance(value, FunctionType):
            yield name, called(value)
        else:
            yield from methods(name, value)


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = one.keys() & other.keys()
    return {n: one[n] for n in names}, {n: other[n] for n in names}


def left(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What is in `other` otherwise than expected in `one`, in words."""
    names = sorted(n for n in one.keys() | other.keys() if one.get(n, "nothing") != other.get(n, "nothing"))
    return [f"{n}: expected {one.get(n, 'nothing')}, got {other.get(n, 'nothing')}" for n in names]


def in_copy(function: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Run a function in a forked copy of this process."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            answer = function(*arguments)
        except BaseException:
            answer = {"error": traceback.format_exc()}
        with os.fdopen(write, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        answered = pipe.read()
    os.waitpid(pid, 0)
    result: dict[str, Any] = json.loads(answered)
    return result


def answer(root: Path) -> dict[str, Any]:
    """Everything that is asked about one pair of releases."""
    new = in_copy(fresh, root / "v2", root / "v2")
    old = in_copy(fresh, root / "v1", root / "v1")
    broken = new.get("error") or old.get("error")
    return {"error": broken} if broken else in_copy(patched, root, old, new)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(Path(json.loads(line)["root"]))) + "\n")
        sys.stdout.flush()
