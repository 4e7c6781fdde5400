"""The calls of the admin API, over a real engine and store."""

from __future__ import annotations

import logging

import anyio
import pytest

from upward_asgi.admin.api import AdminApp
from upward_asgi.admin.views import waiting_time


async def test_status_is_the_contract(client) -> None:
    """What runs, what boots next, the sessions, the operation under way."""
    answer = await client.get("status")
    assert answer.status_code == 200
    assert answer.json() == {
        "release": "1.0.0",
        "permanent": "1.0.0",
        "sessions": {"total": 0, "by_way": {}, "by_release": {}},
        "operation": None,
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_releases_and_sessions_and_operations_are_lists(client) -> None:
    """Releases come sorted, with their status."""
    releases = (await client.get("releases")).json()
    assert [(one["version"], one["status"]) for one in releases] == [
        ("1.0.0", "permanent"),
        ("1.0.1", "unpacked"),
    ]
    assert (await client.get("sessions")).json() == []
    assert (await client.get("operations")).json() == []


async def test_an_open_session_is_listed(client, service) -> None:
    """Each session says its way, release and path."""
    from upward_asgi.sessions.channel import Channel

    async def nothing(*_: object) -> dict[str, object]:
        return {}

    service.sessions.begin("websocket", "/ws/chat", Channel(nothing, nothing))
    (session,) = (await client.get("sessions")).json()
    assert (session["path"], session["way"], session["release"]) == ("/ws/chat", "live", "1.0.0")
    assert (await client.get("status")).json()["sessions"]["by_way"] == {"live": 1}


async def test_the_plan_shows_every_hop_and_the_verdict(client) -> None:
    """The plan of the next upgrade, or of any release of the line."""
    plan = (await client.get("plan")).json()
    assert (plan["from"], plan["to"]) == ("1.0.0", "1.0.1")
    assert plan["hot"] is (plan["verdict"] == "hot") is (not plan["reasons"])
    assert [(hop["old"], hop["new"]) for hop in plan["hops"]] == [("1.0.0", "1.0.1")]
    assert (await client.get("plan", params={"to": "1.0.1"})).json() == plan


@pytest.mark.parametrize(
    ("method", "call", "body", "status", "code"),
    [
        ("GET", "nothing", None, 404, "not_found"),
        ("GET", "", None, 404, "not_found"),
        ("GET", "metrics", None, 404, "not_found"),
        ("GET", "operations/none", None, 404, "unknown_operation"),
        ("GET", "operations/", None, 404, "not_found"),
        ("GET", "plan?to=9.9.9", None, 404, "unknown_release"),
        ("GET", "plan?to=x", None, 400, "bad_request"),
        ("POST", "upgrade", {"to": "1.0.7"}, 404, "unknown_release"),
        ("POST", "upgrade", {"to": "1.0.0"}, 409, "nothing_newer"),
        ("POST", "downgrade", {}, 409, "below_base"),
        ("POST", "install", {}, 400, "bad_request"),
        ("POST", "permanent", {"version": "1.0.1"}, 400, "bad_request"),
    ],
)
async def test_what_cannot_be_done_is_a_problem(client, method, call, body, status, code) -> None:
    """Each refusal has its status and its code, says what to do, and starts nothing."""
    answer = await client.request(method, call, json=body)
    assert answer.status_code == status
    problem = answer.json()
    assert problem["code"] == code
    assert problem["type"].endswith(code)
    assert problem["do"]
    assert (await client.get("operations")).json() == []


async def test_an_operation_outlives_the_request_that_started_it(client) -> None:
    """202 with the operation's address at once; the operation is found there, and ends by itself."""
    answer = await client.post("upgrade", json={"to": "1.0.1", "dry_run": True})
    assert answer.status_code == 202
    started = answer.json()
    address = answer.headers["location"]
    assert address == f"/_upward/operations/{started['id']}"
    assert (started["kind"], started["from"], started["to"]) == ("upgrade", "1.0.0", "1.0.1")
    assert started["state"] == "running"
    ended = (await client.get(f"operations/{started['id']}", headers={"Prefer": "wait=30"})).json()
    assert ended["state"] != "running"
    assert ended["phases"]
    assert [one["id"] for one in (await client.get("operations")).json()] == [started["id"]]


async def test_a_caller_may_wait_for_the_end(client) -> None:
    """With `Prefer: wait` the finished operation comes back, and the server says that it waited."""
    answer = await client.post("upgrade", json={"dry_run": True}, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200
    assert answer.json()["state"] != "running"
    assert answer.headers["preference-applied"] == "wait=30"


async def test_an_operator_may_accept_changed_start_up_code(client) -> None:
    """The wish is part of the operation, and of its report; it is true or false."""
    for call, body in (("upgrade", {}), ("install", {"version": "1.0.1"})):
        asked = {**body, "dry_run": True, "accept_startup": True}
        answer = await client.post(call, json=asked, headers={"Prefer": "wait=30"})
        assert answer.json()["report"]["accept_startup"] is True
    wrong = await client.post("upgrade", json={"accept_startup": "yes"})
    assert wrong.status_code == 400


async def test_a_second_operation_is_refused_with_the_firsts_id(client) -> None:
    """One at a time; the problem names the one under way."""
    first = (await client.post("upgrade", json={"dry_run": True})).json()
    second = await client.post("install", json={"version": "1.0.1"})
    assert second.status_code == 409
    assert second.json()["code"] == "operation_in_progress"
    assert second.json()["operation"] == first["id"]
    await client.get(f"operations/{first['id']}", headers={"Prefer": "wait=30"})


async def test_the_running_release_becomes_permanent(client, service) -> None:
    """The release that runs is what the next boot starts."""
    service.store.make_permanent("1.0.1")
    answer = await client.post("permanent", json={})
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["status"]) == ("1.0.0", "permanent")
    assert str(service.store.permanent().version) == "1.0.0"


async def test_another_process_s_release_does_not_become_permanent(client, service) -> None:
    """A store whose current release is not the one that runs here is being used by another process."""
    service.store.make_current("1.0.1")
    answer = await client.post("permanent", json={})
    assert answer.status_code == 409
    assert str(service.store.permanent().version) == "1.0.0"


async def test_health_says_what_runs(client) -> None:
    """Alive, and ready with a release."""
    assert (await client.get("livez")).json() == {"live": True}
    assert (await client.get("readyz")).json() == {"ready": True, "release": "1.0.0"}


async def test_every_call_leaves_an_audit_line_without_the_token(client, caplog) -> None:
    """Answered calls are logged, refused ones are warned about."""
    with caplog.at_level(logging.INFO, "upward_asgi.admin.audit"):
        await client.get("status")
        await client.post("downgrade", json={})
        await client.get("status", headers={"Authorization": "Bearer intruder"})
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [level for level, _ in lines] == ["INFO", "WARNING", "WARNING"]
    assert "GET '/_upward/status'" in lines[0][1]
    assert lines[1][1].endswith("409 below_base")
    assert lines[2][1].endswith("401 unauthorized")
    assert "correct-horse" not in caplog.text
    assert "intruder" not in caplog.text


async def test_our_own_bug_is_a_problem_too(client, service, monkeypatch, caplog) -> None:
    """An unexpected failure is answered without its details, and logged with them."""

    def broken() -> object:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(service.engine, "status", broken)
    answer = await client.get("status")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


async def test_below_a_root_path_the_prefix_is_found(service) -> None:
    """Behind a proxy that mounts the service elsewhere the calls and the Location are right."""
    seen: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b'{"dry_run": true}', "more_body": False}

    async def send(message: dict[str, object]) -> None:
        seen.append(message)

    headers = [
        (b"host", b"localhost"),
        (b"authorization", b"Bearer correct-horse"),
        (b"content-type", b"application/json"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/api/_upward/upgrade", "root_path": "/api"}
    app = AdminApp(service.admin, service.engine, service.store, service.sessions)
    async with service.engine.run():
        await app({**scope, "query_string": b"", "headers": headers, "client": None}, receive, send)
        (operation,) = service.engine.operations()
        with anyio.fail_after(30):
            await service.engine.finished(operation.id, None)
    assert seen[0]["status"] == 202
    assert dict(seen[0]["headers"])[b"location"] == f"/api/_upward/operations/{operation.id}".encode()


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, None),
        ("wait=30", 30),
        ("respond-async, wait=5", 5),
        ('wait="7"; x=y', 7),
        ("WAIT = 3", 3),
        ("wait=100000", 120),
        ("wait=0", None),
        ("wait=-1", None),
        ("wait=soon", None),
        ("waiting=3", None),
    ],
)
def test_the_preference_to_wait_is_read_leniently(prefer: str | None, seconds: float | None) -> None:
    """RFC 7240: what is not understood is ignored; nobody waits longer than the limit."""
    assert waiting_time(prefer, 120) == seconds
