"""The same handlers are served marked and unmarked."""

from upward_asgi import upgradable

__all__ = ["unmarked", "upgradable"]


def unmarked(handler):
    return handler
