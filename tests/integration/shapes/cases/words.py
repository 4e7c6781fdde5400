"""What every shape says; 1.0.1 changes the word, 1.0.2 the state."""

import json
from dataclasses import dataclass

from upward_asgi import session


@dataclass
class Said:
    runs: int = 0
    count: int = 0


def word():
    return "one"


def begin(connection=None):
    """The number of this run of the handler."""
    said = session(connection).state(Said)
    said.runs += 1
    return said.runs


def answer(run, voice, number, connection=None):
    said = session(connection).state(Said)
    said.count += 1
    return json.dumps({"run": run, "voice": voice, "word": word(), "n": int(number), **vars(said)})


def tick(run):
    return json.dumps({"tick": run})
