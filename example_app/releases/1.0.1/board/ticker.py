"""The background ticker: it posts `tick` to every session, once a beat."""

from __future__ import annotations

import os

import anyio

from .wall import wall

__all__ = ["BEAT", "ticker"]

BEAT = float(os.environ.get("BOARD_BEAT", "1.0"))
"""Seconds between two ticks."""


async def ticker() -> None:
    """Tick until cancelled."""
    while True:
        await anyio.sleep(BEAT)
        wall.tell("tick")
