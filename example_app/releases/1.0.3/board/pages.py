"""Rendering: the page, and the fragments of it that sessions push."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from . import __version__
from .wall import wall
from .words import clock, count

__all__ = ["STATIC", "fragment", "page", "stylesheet"]

HERE = Path(__file__).parent
STATIC = HERE / "static"

templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
templates.filters.update(clock=clock, count=count)


def page() -> str:
    """The whole page, as a browser first gets it."""
    return _render("page", stylesheet=stylesheet())


def fragment(name: str, **values: object) -> str:
    """The inside of the element with the id `name`."""
    return _render(f"_{name}", **values)


def stylesheet() -> str:
    """Where this release's stylesheet is."""
    return f"/static/board.css?v={__version__}"


def _render(name: str, **values: object) -> str:
    return templates.get_template(f"{name}.html").render(release=__version__, wall=wall, **values)
