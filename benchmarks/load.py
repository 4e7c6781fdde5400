"""The client of the throughput benchmark: as cheap as can be, so that the server is what is measured.

It runs in a process of its own, opens all connections once, and then does one round for each line of
JSON that it reads. Frames are written out once beforehand, and answers are counted by their bytes.
"""

from __future__ import annotations

import base64
import json
import os
import selectors
import socket
import sys
import time

from .applications import PAGE

__all__ = ["main"]

_TEXT = b"0123456789abcdef"
_MASK = b"\x00\x00\x00\x00"
_FRAME = bytes([0x81, 0x80 | len(_TEXT)]) + _MASK + _TEXT
_ANSWER = bytes([0x81, len(_TEXT)]) + _TEXT
_REQUEST = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"


class Connections:
    """Some connections to one port, on which rounds are done."""

    def __init__(self, port: int, count: int, *, websocket: bool) -> None:
        self._sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for one in self._sockets:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if websocket:
                _shake_hands(one)
        self._question = _FRAME if websocket else _REQUEST
        self._answer_size = len(_ANSWER) if websocket else self._size_of_page()

    def round(self, messages: int, window: int) -> None:
        """Send `messages` on each connection, at most `window` at a time, and read every answer."""
        with selectors.DefaultSelector() as selector:
            left = dict.fromkeys(self._sockets, messages)
            awaited = dict.fromkeys(self._sockets, 0)
            for one in self._sockets:
                selector.register(one, selectors.EVENT_READ)
            ready = list(self._sockets)
            while True:
                for one in ready:
                    if awaited[one]:
                        awaited[one] -= len(_received(one))
                    if awaited[one]:
                        continue
                    now = min(window, left[one])
                    left[one] -= now
                    awaited[one] = now * self._answer_size
                    if now:
                        one.sendall(self._question * now)
                    else:
                        selector.unregister(one)
                if not selector.get_map():
                    return
                ready = [key.fileobj for key, _ in selector.select()]  # type: ignore[misc]

    def _size_of_page(self) -> int:
        size = 0
        for one in self._sockets:
            one.sendall(self._question)
            answer = b""
            while not answer.endswith(b"\r\n\r\n" + PAGE):
                answer += _received(one)
            size = len(answer)
        return size


def _received(connection: socket.socket, most: int = 1 << 16) -> bytes:
    """Some bytes. A server that has gone would otherwise be waited for, busily and without end."""
    received = connection.recv(most)
    if not received:
        raise ConnectionResetError("the server has closed a connection")
    return received


def _shake_hands(connection: socket.socket) -> None:
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        "GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n".encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += _received(connection, 1)
    if not answer.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(f"expected a WebSocket to be opened, got {answer[:100]!r}")


def main() -> None:
    """Read `{"open": {name: port}, …}`, then a line for each round; answer each with the seconds it took."""
    setting = json.loads(sys.stdin.readline())
    known = {
        name: Connections(port, setting["connections"], websocket=setting["websocket"])
        for name, port in setting["open"].items()
    }
    print(json.dumps({"open": len(known)}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        began = time.perf_counter()
        known[order["name"]].round(order["messages"], order["window"])
        print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
