"""About app."""

ANY = object()
"""Stands for anything."""


class C:
    """About C."""

    def f(self):
        return 1
