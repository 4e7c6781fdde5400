"""Releases whose code is wrong: at import, in `code_change`, in the application object."""

# ruff: noqa: E501 - a table: one kind a line

from __future__ import annotations

from base import BASE, CHANGE, STARLETTE, Bad, Files, edited, released

__all__ = ["CODE"]


def _words(before: str) -> Files:
    """The base with statements at the top of `words.py`."""
    return edited(BASE, "words.py", ("\ndef greeting", f"\n{before}\n\n\ndef greeting"))


def _at_import(name: str, before: str, words: str, **options: object) -> Bad:
    return Bad("at import", name, released(_words(before)), "refused", words, **options)  # type: ignore[arg-type]


def _change(
    name: str, body: str, words: str, ends: str = "refused", before: str = "", **options: object
) -> Bad:
    made = released(CHANGE(body, before))
    return Bad("code_change", name, made, ends, words, **options)  # type: ignore[arg-type]


def _web(name: str, words: str, *edits: tuple[str, str], ends: str = "refused") -> Bad:
    return Bad("application", name, released(edited(STARLETTE, "app.py", *edits)), ends, words, web=True)


_RETURN = 'return Count(state.n, "x")'
_ONLY_HERE = "if os.getpid() == HERE:\n    "

_SOURCE = [
    Bad("source", "syntax error", released({**BASE, "words.py": "def greeting(:\n    pass\n"}), "refused", "words.py"),
    Bad("source", "not UTF-8", released({**BASE, "words.py": b"WORD = '\xff\xfe'\n"}), "refused", "words.py"),
    Bad("source", "null bytes", released({**BASE, "words.py": b"WORD = 1\0\n"}), "refused", "words.py"),
    Bad("source", "a hundred thousand brackets", released({**BASE, "words.py": "(" * 100_000}), "refused", "words.py"),
    Bad("source", "names a coding that does not exist", released({**BASE, "words.py": "# coding: nothing\n"}), "refused", "words.py"),
]  # fmt: skip

_IMPORT = [
    _at_import("raises", "raise RuntimeError('no such thing')", "no such thing"),
    _at_import("missing dependency", "import nowhere_to_be_found", "nowhere_to_be_found"),
    _at_import("missing name in a module of its own", "from . import nothing_like_it", "nothing_like_it"),
    _at_import("sys.exit", "import sys\nsys.exit(3)", "SystemExit: 3"),
    _at_import("os._exit", "import os\nos._exit(4)", "status 4"),
    _at_import("segmentation fault", "import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    _at_import("kills itself", "import os\nos.kill(os.getpid(), 9)", "SIGKILL"),
    _at_import("endless recursion", "def deep():\n    return deep()\n\n\ndeep()", "RecursionError"),
    _at_import("memory bomb", "BOMB = [bytearray(1 << 26) for _ in range(1 << 10)]", "MemoryError"),
    _at_import("hangs", "import threading\nthreading.Event().wait()", "no end within", limits={"import_seconds": 2.0}),
    _at_import("busy for ever", "while True:\n    pass", "no end within", limits={"import_seconds": 2.0}),
    _at_import(
        "deadlock with a thread",
        "import threading\nLOCK = threading.Lock()\nLOCK.acquire()\nOTHER = threading.Thread(target=LOCK.acquire)\n"
        "OTHER.start()\nOTHER.join()",
        "no end within",
        limits={"import_seconds": 2.0},
    ),
    _at_import(
        "threads without end",
        "import threading\nwhile True:\n    threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "thread",
        limits={"import_seconds": 4.0},
    ),
    _at_import("starts a process that stays", "import subprocess\nsubprocess.Popen(['sleep', '1000'])\nraise RuntimeError('after')", "after"),
    _at_import("raises what cannot be shown", "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\n\n\nraise Odd", "Odd"),
    _at_import("raises a BaseException", "class Odd(BaseException):\n    pass\n\n\nraise Odd('odd')", "odd"),
    _at_import("data file missing", "from pathlib import Path\nTEXT = (Path(__file__).parent / 'gone.txt').read_text()", "gone.txt"),
    _at_import("asks the user", "NAME = input('name? ')", "EOF"),
]  # fmt: skip

# What an import does to its process it does at a fresh start too; that is no reason against a release.
_SIDE_EFFECTS = [
    Bad("import with side effects", name, released(_words(before)), "succeeded", "")
    for name, before in {
        "changes the folder": "import os\nos.chdir('/')",
        "changes a signal handler": "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "changes the environment": "import os\nos.environ['SVC_MODE'] = 'new'",
        "replaces a function of the standard library": "import textwrap\ntextwrap.dedent = str.strip",
        "prints without measure": "for _ in range(100_000):\n    print('x' * 100)",
    }.items()
]

_CODE_CHANGE = [
    _change("raises", "state.missing\n" + _RETURN, "missing"),
    _change("raises for one session", "if state.n == 1:\n    raise KeyError('one')\n" + _RETURN, "KeyError: 'one'"),
    _change("returns None", "Count(state.n)", "None"),
    Bad("code_change", "is async", released(edited(CHANGE(_RETURN), "app.py", ("    def code_change", "    async def code_change"))), "refused", "awaitable"),
    _change("changes in place, then raises", "state.n = 99\n1 / 0", "ZeroDivisionError"),
    _change("sys.exit", "raise SystemExit(5)", "SystemExit"),
    _change("os._exit", "os._exit(6)", "status 6"),
    _change("segmentation fault", "import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    _change("endless recursion", "return self.code_change(old_vsn, state, extra)", "RecursionError"),
    _change("memory bomb", "return Count(len([bytearray(1 << 26) for _ in range(1 << 10)]))", "MemoryError"),
    _change("hangs", "import threading\nthreading.Event().wait()", "no end within 2 s", limits={"rehearsal_seconds": 2.0}),
    _change("busy for ever", "while True:\n    pass", "no end within 2 s", limits={"rehearsal_seconds": 2.0}),
    _change("raises a BaseException", "raise GeneratorExit", "GeneratorExit"),
    _change("raises in the live process only", _ONLY_HERE + "raise KeyError('live')\n" + _RETURN, "KeyError: 'live'", "rolled_back"),
    _change("exits in the live process only", _ONLY_HERE + "raise SystemExit(7)\n" + _RETURN, "SystemExit", "rolled_back"),
    _change("hangs in the live process only", _ONLY_HERE + "while True:\n        pass\n" + _RETURN, "commit_seconds", "rolled_back", limits={"commit_seconds": 1.0}),
    _change("waits for a lock in the live process only", _ONLY_HERE + "import threading\n    threading.Event().wait()\n" + _RETURN, "commit_seconds", "rolled_back", limits={"commit_seconds": 1.0}),
    _change("changes module state, then raises, in the live process only", _ONLY_HERE + "ROOM.append('x')\n    state.n = 99\n    raise KeyError('live')\n" + _RETURN, "KeyError: 'live'", "rolled_back"),
    _change("asks a server that is not there", "import socket\nsocket.create_connection(('127.0.0.1', 1), 1)\n" + _RETURN, "ConnectionRefusedError"),
    _change("waits for the loop", "import asyncio\nasyncio.run(asyncio.sleep(0))\n" + _RETURN, "RuntimeError"),
    _change("spawns a task, and fails in the live process only", "import asyncio\nasyncio.get_running_loop().call_soon(print)\n" + _ONLY_HERE + "raise KeyError('live')\n" + _RETURN, "KeyError: 'live'", "rolled_back"),
    _change("`upgraded` raises", _RETURN, "RuntimeError: told", "succeeded", before="    async def upgraded(self, old_vsn):\n        raise RuntimeError('told')\n\n"),
    _change("`upgraded` hangs", _RETURN, "upgraded_seconds", "succeeded", before="    async def upgraded(self, old_vsn):\n        import anyio\n        await anyio.Event().wait()\n\n", limits={"upgraded_seconds": 0.5}),
    _change("refuses the way down", "if type(old_vsn).__name__ == 'Down':\n    raise ValueError('never back')\n" + _RETURN, "never back", down=True),
]  # fmt: skip

_STATE = [
    Bad("state", "a field without a default and without code_change", released(edited(BASE, "app.py", ("    n: int = 0\n", "    n: int\n    label: str\n"))), "refused", "label"),
    Bad("state", "states become tuples", released(edited(BASE, "app.py", ("@dataclass\nclass Count:\n", "import typing\n\n\nclass Count(typing.NamedTuple):\n"))), "refused", "Count"),
    Bad("state", "live module state replaced", released(edited(BASE, "app.py", ("ROOM = []", 'ROOM = list(("lobby",))'))), "refused", "ROOM"),
]  # fmt: skip

_APPLICATION = [
    Bad("application", "the object is gone", released(edited(BASE, "app.py", ("async def app(", "async def application("))), "refused", "app"),
    Bad("application", "the object is no application", released(edited(BASE, "app.py", ("async def app(", "app = 5\n\n\nasync def application("))), "refused", "int"),
    Bad("application", "a module that others import is gone", released({f: t for f, t in BASE.items() if f != "words.py"}), "refused", "words"),
    Bad("application", "modules import each other in a circle", released(edited(BASE, "words.py", ("\ndef greeting", "\nfrom .app import Counter\n\n\ndef greeting"))), "refused", "circular"),
    _web("a route that cannot be built", "start with", ('Route("/", page)', 'Route("page", page)')),
    _web("the lifespan changed", "lifespan", ('"pool"', '"another"')),
    _web("the lifespan is gone", "lifespan", ("app = Starlette(lifespan=lifespan, ", "app = Starlette(")),
    _web("the application's code_change raises", "no room", ("app = Starlette(", "def grow(app, old_vsn, new_vsn):\n    raise RuntimeError('no room')\n\n\napp = Starlette("), ('WebSocketRoute("/ws", Counter)])\n', 'WebSocketRoute("/ws", Counter)])\ncode_change(app)(grow)\n'), ("import LiveSession", "import LiveSession, code_change")),
]  # fmt: skip

CODE = [*_SOURCE, *_IMPORT, *_SIDE_EFFECTS, *_CODE_CHANGE, *_STATE, *_APPLICATION]
