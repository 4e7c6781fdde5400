"""Who may call, and with what: everything that is checked before a call is looked at.

The order is from the cheapest and least telling to the dearest: Host (against DNS rebinding), Origin
(against other sites' pages), token, method, content type, size of the body. A `text/plain` POST from a web
page reaches an API on localhost without a preflight, hence the content type.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request

from ..errors import BadRequest, Forbidden, Unauthorized, UpwardError
from .configuration import Admin

__all__ = ["Guard", "Rejected", "read_body"]


class Rejected(Exception):
    """A request was turned away: `error`, with a status and headers that the error alone does not say."""

    def __init__(self, error: UpwardError, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers or {}


class Guard:
    """The checks of one admin API. Reads the token when made: raises `ConfigurationError`."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin
        secret = admin.secret()
        self._token = secret.encode() if secret is not None else None

    def check_caller(self, request: Request, *, health: bool = False) -> None:
        """Raise `Forbidden` or a 401 unless Host, Origin and token are right."""
        if not self._admin.socket:
            self._check_host(request)
        self._check_origin(request)
        if not (health and self._admin.health_without_token):
            self._check_token(request)

    def _check_host(self, request: Request) -> None:
        found = request.headers.getlist("host")
        if len(found) == 1 and host_allowed(found[0], self._admin.hosts):
            return
        raise Forbidden(
            expected=f"a Host among {', '.join(self._admin.hosts)}",
            got=", ".join(found) or "no Host",
            do="call the server by one of these names, or add this one to Admin(hosts=...)",
        )

    def _check_origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        if origin is None or origin in self._admin.origins:
            return
        if urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != "":
            return
        raise Forbidden(
            expected="a request from the server's own pages or from no page at all",
            got=f"Origin {origin}",
            do="add it to Admin(origins=...) if this site may upgrade the service",
        )

    def _check_token(self, request: Request) -> None:
        if self._token is None:
            return
        header = request.headers.get("authorization")
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode("utf-8"), self._token):
            return
        error = Unauthorized(
            expected="the admin token as `Authorization: Bearer TOKEN`",
            got="no token" if header is None else "another token or scheme",
            do="send the token the service was started with (upward: --token-file)",
        )
        challenge = 'Bearer realm="upward"' + ("" if header is None else ', error="invalid_token"')
        raise Rejected(error, 401, {"WWW-Authenticate": challenge})

    def check_method(self, request: Request, allowed: Iterable[str]) -> None:
        """Raise a 405 unless the call takes this method."""
        names = sorted(allowed)
        if request.method in names:
            return
        error = BadRequest(
            expected=f"{' or '.join(names)} for this call",
            got=request.method,
            do=f"send it as {names[0]}",
        )
        raise Rejected(error, 405, {"Allow": ", ".join(names)})


def host_allowed(host: str, allowed: Sequence[str]) -> bool:
    """True when a Host header is in the list, as it stands or without its port."""
    name = host.strip().lower()
    bare = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() and not name.endswith("]") else name
    return any(entry.lower() in (name, bare) for entry in allowed)


async def read_body(request: Request, limit: int) -> dict[str, object]:
    """The JSON object in the body; an empty body is an empty object. Raises 400, 413, 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        error = BadRequest(
            expected="Content-Type: application/json", got=kind or "none", do="send the body as JSON"
        )
        raise Rejected(error, 415)
    text = await _bounded(request, limit)
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequest(expected="a JSON object", got="no JSON", do="correct the body") from error
    if isinstance(found, dict):
        return found
    raise BadRequest(expected="a JSON object", got=f"a JSON {type(found).__name__}", do="correct the body")


async def _bounded(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit."""
    text = bytearray()
    async for part in request.stream():
        text += part
        if len(text) > limit:
            error = BadRequest(
                expected=f"a body of at most {limit} bytes",
                got="more",
                do="send no more",
            )
            raise Rejected(error, 413, {"Connection": "close"})
    return bytes(text)
