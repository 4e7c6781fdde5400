"""The conformance suite's judge, what it skips for, and the service that it tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.sync.client import connect

from benchmarks.conformance import __main__ as run
from benchmarks.conformance import python27
from benchmarks.conformance.judge import Baseline, Difference, compare, summary, verdicts_of
from benchmarks.conformance.python27 import NoPython27, find_python
from benchmarks.conformance.server import WAYS
from benchmarks.conformance.store import fill_store

pytestmark = pytest.mark.timeout(150)

INDEX = {
    "echo": {
        "1.1.1": {"behavior": "OK", "behaviorClose": "OK", "duration": 3, "reportfile": "a.json"},
        "7.1.5": {"behavior": "FAILED", "behaviorClose": "OK", "duration": 5, "reportfile": "b.json"},
        "10.1.1": {"behavior": "NON-STRICT", "behaviorClose": "OK", "duration": 1, "reportfile": "c.json"},
    }
}


def test_same_verdicts() -> None:
    """Whatever the verdicts are, the same ones are no difference; how long a case took does not count."""
    other = {"echo": {case: {**found, "duration": 99} for case, found in INDEX["echo"].items()}}
    assert compare(Baseline(verdicts_of(INDEX, "echo")), verdicts_of(other, "echo")) == ()
    assert summary(verdicts_of(INDEX, "echo")) == {"FAILED": 1, "NON-STRICT": 1, "OK": 1}


def test_other_verdicts() -> None:
    """Another verdict, another close, a case that one lacks: each is a difference, in order."""
    without = verdicts_of(INDEX, "echo")
    other = {**without, "7.1.5": ("OK", "OK"), "1.1.1": ("OK", "UNCLEAN"), "2.1": ("OK", "OK")}
    del other["10.1.1"]
    found = compare(Baseline(without), other)
    assert [one.case for one in found] == ["1.1.1", "2.1", "7.1.5", "10.1.1"]
    assert found[1] == Difference("2.1", "none", "OK (close: OK)")
    assert str(found[2]).startswith("case 7.1.5: OK")


def test_verdicts_that_are_a_matter_of_timing() -> None:
    """A verdict that the case has had without the middleware, in whichever run, is no difference."""
    baseline = Baseline({"3.4": ("OK", "OK"), "4.1.5": ("OK", "OK")})
    other = {"3.4": ("NON-STRICT", "OK"), "4.1.5": ("FAILED", "OK")}
    assert len(compare(baseline, other)) == 2 and baseline.racing == []
    baseline.add({"3.4": ("NON-STRICT", "OK"), "4.1.5": ("NON-STRICT", "OK")})
    assert [one.case for one in compare(baseline, other)] == ["4.1.5"]
    assert baseline.racing == ["3.4", "4.1.5"]


def test_outcome_needs_upgrades() -> None:
    """Equal verdicts prove nothing about upgrades unless there were some, and all succeeded."""
    verdicts = verdicts_of(INDEX, "echo")
    outcome = run.Outcome("wsproto", dict.fromkeys(WAYS, verdicts), {"succeeded": 3})
    assert outcome.holds and len(list(outcome.rows())) == 3
    for upgrades in ({}, {"succeeded": 3, "refused": 1}):
        assert not run.Outcome("wsproto", dict.fromkeys(WAYS, verdicts), upgrades).holds
    changed = {**dict.fromkeys(WAYS, verdicts), "with": {**verdicts, "7.1.5": ("OK", "OK")}}
    assert not run.Outcome("wsproto", changed, {"succeeded": 3}).holds


def test_skips_loudly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a Python 2.7 nothing runs, and that is said, with an exit status of its own."""
    monkeypatch.setattr(python27, "_candidates", lambda: iter([None, "/nowhere/python2.7", sys.executable]))
    with pytest.raises(NoPython27, match="PYTHON27="):
        find_python()
    monkeypatch.setattr(sys, "argv", ["scripts/conformance"])
    assert run.main() == run.SKIPPED
    assert "DID NOT RUN" in capsys.readouterr().err


@pytest.mark.parametrize("way", WAYS)
def test_service(way: str, tmp_path: Path) -> None:
    """The service echoes in each way, and in the last one upgrades while a connection stays open."""
    command = [sys.executable, "-m", "benchmarks.conformance.server", way, "--ws", "websockets-sansio"]
    command += ["--store", str(fill_store(tmp_path))]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = json.loads(server.stdout.readline())["port"]
        with connect(f"ws://127.0.0.1:{port}", open_timeout=60) as client:
            for message in ("text", b"bytes", ""):
                client.send(message)
                assert client.recv(timeout=60) == message
        said, _ = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    upgrades = json.loads(said.splitlines()[-1])["upgrades"]
    assert (set(upgrades) == {"succeeded"}) if way == WAYS[2] else not upgrades
