"""The calls of the admin API (docs/reference/admin-api.md), as one ASGI application.

An upgrade does not live inside an HTTP request: a call starts an operation and answers with its address;
`Prefer: wait=N` (RFC 7240) only waits for it, and an operation goes on when its caller is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, TypedDict

import anyio.to_thread
from packaging.version import InvalidVersion, Version
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ..errors import BadRequest, InternalError, NotFound, UpwardError
from ..upgrade.policy import SessionPolicy
from .audit import audit
from .configuration import Admin
from .guard import Guard, Rejected, read_body
from .problems import status_of, to_problem
from .views import plan_to_json, waiting_time

if TYPE_CHECKING:
    from ..sessions import Sessions
    from ..store import Store
    from ..upgrade import Engine, Operation

__all__ = ["AdminApp"]

log = logging.getLogger("upward_asgi.admin")


class _Flags(TypedDict):
    """What the three operations may be asked with."""

    dry_run: bool
    accept_startup: bool
    policy: SessionPolicy | None


Call = Callable[[Request], Awaitable[JSONResponse]]


class AdminApp:
    """Answers everything below the prefix. Making one reads the token: raises `ConfigurationError`."""

    def __init__(self, admin: Admin, engine: Engine, store: Store, sessions: Sessions) -> None:
        self._admin = admin
        self._guard = Guard(admin)
        self._engine = engine
        self._store = store
        self._sessions = sessions
        self._calls: dict[str, dict[str, Call]] = {
            "/status": {"GET": self._status},
            "/releases": {"GET": self._releases},
            "/sessions": {"GET": self._open_sessions},
            "/plan": {"GET": self._plan},
            "/operations": {"GET": self._operations},
            "/upgrade": {"POST": self._upgrade},
            "/downgrade": {"POST": self._downgrade},
            "/install": {"POST": self._install},
            "/permanent": {"POST": self._permanent},
            "/livez": {"GET": self._livez},
            "/readyz": {"GET": self._readyz},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; a WebSocket is closed, there is none here."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response, error = await self._answer(request), None
        except ClientDisconnect:
            return
        except Rejected as rejected:
            error = rejected.error
            response = _problem(error, rejected.status, rejected.headers)
        except UpwardError as raised:
            error = raised
            response = _problem(error, status_of(error))
        except Exception as raised:
            log.exception("the admin API failed at %s %s", request.method, request.url.path)
            error = _our_bug(raised)
            response = _problem(error, 500)
        audit(request, response, error)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> JSONResponse:
        path = self._path_below_prefix(request.scope)
        self._guard.check_caller(request, health=path in ("/livez", "/readyz"))
        methods = self._find(path)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in methods:
            self._guard.check_method(request, methods)
        return await methods[method](request)

    def _path_below_prefix(self, scope: Scope) -> str:
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        if path == self._admin.prefix or path.startswith(self._admin.prefix + "/"):
            return path.removeprefix(self._admin.prefix)
        return ""

    def _find(self, path: str) -> dict[str, Call]:
        head, _, operation = path.rpartition("/")
        if head == "/operations" and operation:
            return {"GET": self._one_operation}
        if path in self._calls:
            return self._calls[path]
        raise NotFound(
            expected=f"one of {', '.join(sorted(self._calls))} below {self._admin.prefix}",
            got=path or "no call",
            do="see docs/reference/admin-api.md for the calls there are",
        )

    async def _status(self, request: Request) -> JSONResponse:
        return JSONResponse(self._engine.status())

    async def _releases(self, request: Request) -> JSONResponse:
        releases = await anyio.to_thread.run_sync(self._store.releases)
        return JSONResponse([release.to_json() for release in releases])

    async def _open_sessions(self, request: Request) -> JSONResponse:
        return JSONResponse([session.to_json() for session in self._sessions.open()])

    async def _plan(self, request: Request) -> JSONResponse:
        to = _version(request.query_params.get("to"), "to")
        hops = await anyio.to_thread.run_sync(self._engine.plan, to)
        return JSONResponse(plan_to_json(hops, to))

    async def _operations(self, request: Request) -> JSONResponse:
        return JSONResponse([operation.to_json() for operation in self._engine.operations()])

    async def _one_operation(self, request: Request) -> JSONResponse:
        id_ = str(request.scope["path"]).rpartition("/")[2]
        self._engine.operation(id_)  # raises UnknownOperation before anything is waited for
        wait = waiting_time(request.headers.get("prefer"), self._admin.wait_limit)
        operation = await self._engine.finished(id_, wait or 0)
        return JSONResponse(operation.to_json(), headers=_applied(wait))

    async def _upgrade(self, request: Request) -> JSONResponse:
        body = await self._fields(request, {"to", *_Flags.__annotations__})
        operation = self._engine.upgrade(_version(body.get("to"), "to"), **_flags(body))
        return await self._started(request, operation)

    async def _downgrade(self, request: Request) -> JSONResponse:
        body = await self._fields(request, set(_Flags.__annotations__))
        return await self._started(request, self._engine.downgrade(**_flags(body)))

    async def _install(self, request: Request) -> JSONResponse:
        body = await self._fields(request, {"version", *_Flags.__annotations__})
        version = _version(body.get("version"), "version")
        if version is None:
            raise BadRequest(
                expected='the release to install as {"version": "1.0.1"}', got="no version", do="name one"
            )
        operation = self._engine.install(version, **_flags(body))
        return await self._started(request, operation)

    async def _permanent(self, request: Request) -> JSONResponse:
        await self._fields(request, set())
        return JSONResponse(self._engine.make_permanent().to_json())

    async def _livez(self, request: Request) -> JSONResponse:
        return JSONResponse({"live": True})

    async def _readyz(self, request: Request) -> JSONResponse:
        release = self._engine.status().get("release")
        return JSONResponse({"ready": release is not None, "release": release}, 200 if release else 503)

    async def _fields(self, request: Request, known: Collection[str]) -> dict[str, object]:
        """The body, which may hold the known fields only."""
        body = await read_body(request, self._admin.body_limit)
        unknown = sorted(body.keys() - known)
        if not unknown:
            return body
        raise BadRequest(
            expected=f"the fields {', '.join(sorted(known))}" if known else "no fields",
            got=", ".join(unknown),
            do="leave out what the call does not know",
        )

    async def _started(self, request: Request, operation: Operation) -> JSONResponse:
        """202 and the operation's address, or, if the caller waits and it ends in time, 200 and its end."""
        address = f"{request.scope.get('root_path', '')}{self._admin.prefix}/operations/{operation.id}"
        wait = waiting_time(request.headers.get("prefer"), self._admin.wait_limit)
        if wait:
            operation = await self._engine.finished(operation.id, wait)
        found = operation.to_json()
        status = 202 if found["state"] == "running" or not wait else 200
        return JSONResponse(found, status, headers={"Location": address, **_applied(wait)})


def _applied(wait: float | None) -> dict[str, str]:
    return {"Preference-Applied": f"wait={wait:g}"} if wait else {}


def _version(found: object, field: str) -> Version | None:
    if found is None:
        return None
    try:
        return Version(found) if isinstance(found, str) else Version("")
    except InvalidVersion as error:
        raise BadRequest(
            expected=f"a version such as 1.0.1 as `{field}`",
            got=repr(found),
            do="name a release of the store as GET /releases lists it",
        ) from error


def _flags(body: dict[str, object]) -> _Flags:
    return _Flags(
        dry_run=_flag(body, "dry_run"),
        accept_startup=_flag(body, "accept_startup"),
        policy=_policy(body),
    )


def _policy(body: dict[str, object]) -> SessionPolicy | None:
    found = body.get("policy")
    names = [policy.value for policy in SessionPolicy]
    if found is None or found in names:
        return None if found is None else SessionPolicy(str(found))
    raise BadRequest(
        expected=f"{' or '.join(names)} as `policy`", got=repr(found), do="correct the body, or leave it out"
    )


def _flag(body: dict[str, object], field: str) -> bool:
    found = body.get(field, False)
    if isinstance(found, bool):
        return found
    raise BadRequest(expected=f"true or false as `{field}`", got=repr(found), do="correct the body")


def _our_bug(raised: Exception) -> InternalError:
    return InternalError(
        expected="the admin API to answer",
        got=f"{type(raised).__name__} inside it",
        do="see the server's log and report it as a bug; the service itself goes on",
    )


def _problem(error: UpwardError, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        to_problem(error, status), status, headers=headers, media_type="application/problem+json"
    )
