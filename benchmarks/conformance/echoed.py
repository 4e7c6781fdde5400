"""The echo that is served. Its releases differ in the handler itself, so that an upgrade restarts it."""

from __future__ import annotations

from upward_asgi import upgradable

RELEASE = "r0"


@upgradable
async def handle(scope, receive, send):
    """Send every message back as it came."""
    message = await receive()
    if message["type"] == "websocket.connect":
        await send({"type": "websocket.accept"})
    len("r0")
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await send({**message, "type": "websocket.send"})


async def app(scope, receive, send):
    """The ASGI application; it has no lifespan."""
    if scope["type"] == "websocket":
        await handle(scope, receive, send)
    else:
        raise ValueError(scope["type"])
