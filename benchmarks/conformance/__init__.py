"""The WebSocket conformance suite, without the middleware, with it, and with an upgrade every second."""
