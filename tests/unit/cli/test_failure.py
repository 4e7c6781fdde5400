"""How commands end when they do not end well."""

from __future__ import annotations

import subprocess
import sys

import pytest

from upward_asgi.cli import plan
from upward_asgi.errors import InternalError


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("build",),
        ("unpack", "x.whl"),
        ("plan", "one"),
        ("install",),
        ("releases", "--store", "x", "--url", "http://localhost"),
        ("permanent", "1.0.0"),
        ("permanent", "--store", "x"),
        ("status", "--url", "http://localhost", "--uds", "x"),
        ("check", "--previous", "a", "--store", "b"),
        ("run", "--port", "99999", "a:b", "--store", "x"),
        ("releases", "--nothing"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_an_error_not_a_refusal(upward, arguments) -> None:
    """Status 2 says refused, so usage errors, where click exits with 2, are status 1."""
    ended = upward(*arguments)
    assert ended.status == 1
    assert ended.err
    assert not ended.out


def test_a_wrong_command_line_with_json_is_json(upward) -> None:
    """Machines get a document for every mistake."""
    ended = upward("plan", "--json")
    assert ended.status == 1
    assert ended.json["error"]["code"] == "usage"
    assert set(ended.json["error"]) == {"code", "expected", "got", "do", "message"}
    assert not ended.err


def test_help_is_no_failure(upward) -> None:
    """Every command explains itself."""
    listed = upward("--help")
    assert listed.status == 0
    names = "run build unpack plan check releases status upgrade downgrade install permanent sessions"
    for name in names.split():
        assert f"  {name} " in listed.out
        shown = upward(name, "--help")
        assert shown.status == 0
        assert "--json" in shown.out


def test_version_is_told(upward) -> None:
    """`upward --version` names the release of this package."""
    from upward_asgi import __version__

    assert upward("--version").out.split()[-1] == __version__


def test_our_own_bug_is_told_as_one(upward, monkeypatch) -> None:
    """An unexpected exception becomes an internal error with status 1, and no traceback."""
    monkeypatch.setattr(plan, "require_prove", lambda *_: 1 / 0)
    ended = upward("plan", "a", "b", "--json")
    assert ended.status == 1
    assert ended.json["error"]["code"] == InternalError.code
    assert "ZeroDivisionError" in ended.json["error"]["got"]


def test_the_traceback_is_there_for_who_asks(monkeypatch, capsys) -> None:
    """UPWARD_DEBUG and --debug show it."""
    from upward_asgi.cli import main

    monkeypatch.setenv("UPWARD_DEBUG", "1")
    monkeypatch.setattr(plan, "require_prove", lambda *_: 1 / 0)
    assert main(["plan", "a", "b"]) == 1
    assert "Traceback" in capsys.readouterr().err
    monkeypatch.delenv("UPWARD_DEBUG")
    assert main(["--debug", "plan", "a", "b"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    """`upward --help` answers at once: neither uvicorn nor starlette nor the store is imported for it."""
    code = (
        "import sys; from upward_asgi.cli import main; main(['--help']); "
        "print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "uvicorn",
        "starlette",
        "anyio",
        "asyncio",
        "installer",
        "upward_asgi.store",
        "upward_asgi.appup",
    }
    assert heavy.isdisjoint(done.stderr.split())


def test_an_output_that_nobody_reads_is_no_bug() -> None:
    """`upward --help | true` complains about nothing."""
    command = f"{sys.executable} -m upward_asgi.cli --help | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
