"""A case: two releases of an application with routes, and the requests that tell them apart."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["HOME", "Case", "fast", "star"]


@dataclass(frozen=True)
class Case:
    """Two releases, and the requests that tell them apart."""

    old: Mapping[str, str]
    new: Mapping[str, str]
    requests: tuple[tuple[str, str, Any], ...]
    rebuilt: bool = True
    down: bool = True
    """Whether the way back is hot."""


FASTAPI = (
    "from fastapi import FastAPI, Depends, APIRouter, Request, HTTPException\n"
    "from pydantic import BaseModel\n"
)
STARLETTE = (
    "from starlette.applications import Starlette\nfrom starlette.responses import PlainTextResponse\n"
    "from starlette.routing import Route, Mount, WebSocketRoute, Router\n"
)


def fast(body: str, **more: str) -> dict[str, str]:
    """A FastAPI application: `main.py` with this body, and more modules."""
    files = {f"{n}.py": FASTAPI + textwrap.dedent(t) for n, t in more.items()}
    return {"main.py": FASTAPI + textwrap.dedent(body), **files}


def star(body: str, **more: str) -> dict[str, str]:
    """The same of Starlette's."""
    files = {f"{n}.py": STARLETTE + textwrap.dedent(t) for n, t in more.items()}
    return {"main.py": STARLETTE + textwrap.dedent(body), **files}


HOME = """
app = FastAPI()

@app.get("/")
def home():
    return {"at": "home"}
"""
