"""What needs no restart: endpoints whose methods are looked up, and streams of events."""

import asyncio

from starlette.endpoints import WebSocketEndpoint
from starlette.responses import StreamingResponse
from starlette.routing import Route, WebSocketRoute

from upward_asgi import LiveSession, session

from .marks import upgradable as mark
from .words import Said, answer, begin


class Live(LiveSession):
    async def mount(self):
        self.state = Said()
        self.run = begin()

    async def handle_event(self, message):
        voice = "first"
        await self.send_text(answer(self.run, voice, message))


class Endpoint(WebSocketEndpoint):
    encoding = "text"
    state = None

    async def on_connect(self, websocket):
        await websocket.accept()
        self.run = begin(websocket)

    async def on_receive(self, websocket, text):
        voice = "first"
        await websocket.send_text(answer(self.run, voice, text))


@mark
async def events(request):
    voice = "first"
    run = begin(request)
    after = int(request.headers.get("last-event-id", -1))

    async def stream():
        n = after
        while True:
            n += 1
            yield f"id: {n}\ndata: {answer(run, voice, n, request)}\n\n"
            await asyncio.sleep(0.01)  # real time: the beat of the application

    return StreamingResponse(stream(), media_type="text/event-stream")


routes = [
    WebSocketRoute("/live_session", Live),
    WebSocketRoute("/endpoint", Endpoint),
    Route("/events", events),
]
