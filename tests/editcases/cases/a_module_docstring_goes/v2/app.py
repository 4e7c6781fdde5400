from __future__ import annotations

ANY = object()
"""Stands for anything at all."""


class C:
    def f(self):
        return 2
