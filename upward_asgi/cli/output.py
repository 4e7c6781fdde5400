"""What a command prints: one JSON document, or lines and tables for people."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

__all__ = ["show", "table"]


def show(document: object, text: str, as_json: bool) -> None:
    """Print the document as JSON or the text, on standard output."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows in columns as wide as their widest cell."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells
    )
