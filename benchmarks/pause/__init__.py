"""How long an upgrade holds the sessions, and how long it holds the event loop."""
