"""The notes on disk, between two runs. New start-up code: that is why this release is a minor one."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from .wall import Wall

__all__ = ["load", "save"]

FILE = Path(os.environ.get("BOARD_FILE", "board.json"))


def load(wall: Wall) -> None:
    """Put the notes of the last run up again."""
    if FILE.exists():
        for note in json.loads(FILE.read_text("utf-8")):
            wall.pin(note["author"], note["text"], note["colour"])


def save(wall: Wall) -> None:
    """Write the notes down for the next run."""
    FILE.write_text(json.dumps([asdict(note) for note in wall.notes]), "utf-8")
