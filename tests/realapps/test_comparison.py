"""What the suite of real applications concludes: its own judgement must not be blind."""

from __future__ import annotations

import sys
import types
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.version import Version

from upward_asgi.versions import is_patch_of

HERE = Path(__file__).parent


def _load(name: str, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    spec = spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environments(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    return _load("environments", monkeypatch)


@pytest.fixture
def service(environments, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    return _load("service", monkeypatch)


def test_the_list_of_applications_is_whole(environments) -> None:
    """Each has at least five hops, all of them to a patch release, and something to ask."""
    apps = environments.read_apps(HERE / "apps.toml")
    assert len(apps) >= 3
    for app in apps:
        versions = [Version(version) for version in app.versions]
        assert len(versions) > 5
        assert all(is_patch_of(new, old) for old, new in pairwise(versions)), app.name
        assert len(app.requests) >= 10
        assert all(request.partition(" ")[0] in ("GET", "POST") for request in app.requests)


def test_a_served_module_outside_the_release_is_there(environments) -> None:
    """A target `serve_…` is a module of serve/."""
    for app in environments.read_apps(HERE / "apps.toml"):
        module = app.target.partition(":")[0]
        assert not module.startswith("serve_") or (HERE / "serve" / f"{module}.py").is_file()


@pytest.mark.parametrize(
    ("got", "shown"),
    [
        ((200, "text/html", "one"), None),
        ((500, "text/html", "one"), "became 500"),
        ((200, "text/plain", "one"), "became 200 text/plain"),
        ((200, "text/html", "two"), "'two'"),
        ((200, "text/html", "one and more"), "and more"),
    ],
)
def test_a_different_answer_is_seen(service, got, shown) -> None:
    """Status, content type, body, and what follows an equal beginning."""
    expected = {"GET /": service.Answer(200, "text/html", "one")}
    found = service.different(expected, {"GET /": service.Answer(*got)})
    assert not found if shown is None else shown in found[0]


def test_what_an_answer_keeps(service, environments) -> None:
    """The server's address and folder, what the list hides and the order of JSON keys do not count."""
    app = environments.App("a", ("1.0.0",), "a:app", ("GET /",), hide=("took [0-9]+ ms",))
    answers = []
    for port, text in (
        (1, '{"b": 1, "a": "URL WORK took 3 ms"}'),
        (2, '{"a": "URL WORK took 5 ms", "b": 1}'),
    ):
        server = service.Server(app, Path("python"), f"http://127.0.0.1:{port}", Path(f"/folder-{port}"))
        body = text.replace("URL", server.url).replace("WORK", str(server.work)).encode()
        answers.append(server._answer(200, {"content-type": "application/json"}, body))
    assert answers[0] == answers[1]
    other = service.Server(app, Path("python"), "http://x", Path("/y"))
    changed = other._answer(200, {"content-type": "application/json"}, b'{"b": 2}')
    assert changed != answers[0]


def test_a_reason_names_its_place(environments, service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code, file and line, message."""
    run = _load("run", monkeypatch)
    reason = {"code": "startup", "file": "a/b.py", "line": 3, "message": "changed"}
    assert run._reason(reason) == "startup: a/b.py:3: changed"
    hop = run.Hop("app", "1.0.0", "1.0.1", outcome="hot", equal="3/3", pause_ms=1.5)
    assert "1.0.0 → 1.0.1" in run._line(hop) and "3/3 equal" in run._line(hop)


def test_a_request_that_breaks_under_load_is_seen(service) -> None:
    """A new server error breaks the run, one that was there before does not."""
    statuses = {"GET /fine": iter([200, 500]), "GET /always": iter([500, 500, 500])}
    app = SimpleNamespace(requests=tuple(statuses), socket=None)
    server = SimpleNamespace(
        app=app, ask=lambda request: SimpleNamespace(status=next(statuses[request], 200))
    )
    load = service.Load(server)
    with load:
        while load.asked < 2:
            pass
    assert load.broken == ["GET /fine: 500"]
