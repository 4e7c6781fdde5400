"""One log line for each call of the admin API: who, what, how it ended. Never the token."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response

from ..errors import UpwardError

__all__ = ["audit"]

log = logging.getLogger("upward_asgi.admin.audit")


def audit(request: Request, response: Response, error: UpwardError | None) -> None:
    """Write the line to the logger `upward_asgi.admin.audit`: INFO if answered, WARNING if turned away."""
    client = f"{request.client.host}:{request.client.port}" if request.client else "the owner's socket"
    log.log(
        logging.INFO if error is None else logging.WARNING,
        "%s %r from %s: %d%s%s",
        request.method,
        request.scope["path"],
        client,
        response.status_code,
        f" {response.headers['location']}" if "location" in response.headers else "",
        f" {error.code}" if error else "",
    )
