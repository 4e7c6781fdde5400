"""Who may call the admin API, and with what."""

from __future__ import annotations

import inspect

import pytest

from upward_asgi.admin import Admin, api
from upward_asgi.admin.guard import host_allowed

TOKEN = "correct-horse"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}

GETS = ["status", "releases", "sessions", "plan", "operations", "operations/x", "livez", "readyz"]
POSTS = ["upgrade", "downgrade", "install", "permanent"]
CALLS = [("GET", call) for call in GETS] + [("POST", call) for call in POSTS]


def test_every_call_is_listed_here() -> None:
    """The tests below cover every call that the application knows, so a new one must be added."""
    source = inspect.getsource(api.AdminApp.__init__)
    assert {f"/{call}" for call in GETS + POSTS} - {"/operations/x"} == {
        line.split('"')[1] for line in source.splitlines() if line.strip().startswith('"/')
    }


@pytest.mark.parametrize(("method", "call"), [*CALLS, ("GET", "nothing"), ("DELETE", "status")])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN}x"},
    ],
    ids=["none", "wrong", "scheme", "bare", "empty", "longer"],
)
async def test_nothing_is_answered_without_the_token(service, method, call, headers) -> None:
    """Every call, known or not, answers 401 with a challenge unless the token is right."""
    async with service.client() as client:
        answer = await client.request(method, call, headers=headers, json={} if method == "POST" else None)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthorized"
    assert TOKEN not in answer.text


@pytest.mark.parametrize(("method", "call"), CALLS)
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", ""])
async def test_another_host_is_refused(client, method, call, host) -> None:
    """A name that is not on the list (DNS rebinding) is refused, with the right token too."""
    answer = await client.request(method, call, headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]", "[::1]:8000"])
async def test_a_listed_host_is_answered_with_and_without_port(client, host) -> None:
    """The names of this machine are answered on every port."""
    assert (await client.get("livez", headers={"Host": host})).status_code == 200


def test_a_listed_port_is_the_only_one() -> None:
    """An entry with a port allows that port only."""
    allowed = ["ops.example:8443"]
    assert host_allowed("ops.example:8443", allowed)
    assert not host_allowed("ops.example:8000", allowed)
    assert not host_allowed("ops.example", allowed)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil.example", ""])
async def test_another_sites_page_is_refused(client, origin) -> None:
    """A request that a page of another site made is refused."""
    answer = await client.post("permanent", json={}, headers={"Origin": origin})
    assert answer.status_code == 403


async def test_the_servers_own_page_and_listed_ones_may_call(service) -> None:
    """An Origin that is the Host itself, or on the list, is let through."""
    admin = Admin(token=TOKEN, origins=["https://ops.example"])
    async with service.client(admin, **RIGHT) as client:
        for origin in ("http://localhost", "https://ops.example"):
            assert (await client.get("livez", headers={"Origin": origin})).status_code == 200


@pytest.mark.parametrize("call", POSTS)
async def test_a_mutation_by_get_is_refused(client, call) -> None:
    """Only POST changes anything; the answer says which method."""
    answer = await client.get(call)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("call", POSTS)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
async def test_a_body_that_is_not_json_is_refused(client, call, kind) -> None:
    """A form or a text, which any web page can post without a preflight, is refused."""
    answer = await client.post(call, content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json()["code"] == "bad_request"


@pytest.mark.parametrize(
    ("body", "got"),
    [
        (b"{", "no JSON"),
        (b"[" * 60_000, "no JSON"),
        (b"[]", "list"),
        (b'{"go": 1}', "go"),
        (b'{"dry_run": "yes"}', "'yes'"),
        (b'{"to": 1}', "1"),
        (b'{"to": "latest"}', "latest"),
        (b"\xff", "no JSON"),
    ],
)
async def test_a_body_that_the_call_does_not_take_is_refused(client, service, body, got) -> None:
    """Whatever is not understood is refused, and nothing starts."""
    answer = await client.post("upgrade", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert got in answer.json()["got"]
    assert service.engine.operations() == ()


async def test_a_body_over_the_limit_is_refused(service) -> None:
    """No more than the limit is read."""
    async with service.client(Admin(token=TOKEN, body_limit=10), **RIGHT) as client:
        answer = await client.post("upgrade", json={"to": "1.0.1" + "0" * 20})
    assert answer.status_code == 413


async def test_the_owners_socket_needs_neither_token_nor_host(service) -> None:
    """Who can open the socket may call; a web page's Origin is refused even there."""
    async with service.client(Admin(socket=True)) as client:
        assert (await client.get("status", headers={"Host": "whatever"})).status_code == 200
        assert (await client.get("status", headers={"Origin": "http://evil.example"})).status_code == 403


async def test_health_can_be_asked_without_token_when_allowed(service) -> None:
    """The setting opens livez and readyz, and nothing else."""
    async with service.client(Admin(token=TOKEN, health_without_token=True)) as client:
        assert (await client.get("livez")).status_code == 200
        assert (await client.get("readyz")).status_code == 200
        assert (await client.get("status")).status_code == 401
