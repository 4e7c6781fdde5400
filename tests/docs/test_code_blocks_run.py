"""Every code block of the README and of docs/ runs, in a folder of its own, as a reader would paste it.

One shell runs the blocks of a page from top to bottom:

- a block with a title (```` ```python title="hello/app.py" ````) is written to that file;
- a `python` block is run by Python, after those above it;
- a `sh` block is run by the shell, and must succeed;
- a `console` block has commands after `$ ` and, below each, what it prints; `…` stands for anything. A
  command with expected output may fail, its output is the judge.

Blocks in other languages are for reading. The port 8765 becomes a free one.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from example_app.serving import free_port

pytestmark = pytest.mark.timeout(150)

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?[^\n]*\n(?P<text>.*?)^```$', re.M | re.S
)
RUN = {"python", "sh", "console"}
TIME_FOR_A_PAGE = 90.0
"""Seconds until a page must have come to its end."""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: str
    line: int
    language: str
    title: str | None
    text: str


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page that are to be run or written, in order."""
    text = page.read_text("utf-8")
    found = [
        Block(page.name, text[: m.start()].count("\n") + 1, m["language"], m["title"], m["text"])
        for m in BLOCK.finditer(text)
    ]
    return [block for block in found if block.title or block.language in RUN]


def script_for(blocks: list[Block], folder: Path) -> str:
    """One shell script that goes through the blocks; what it needs is written beside it, in `folder`."""
    lines = ["set -eu"]
    python = ""
    for number, block in enumerate(blocks):
        lines.append(f"echo {shlex.quote(f'--- {block.page}, line {block.line}')}")
        if block.language == "python" and not block.title:
            python += block.text
            block = replace(block, text=python)
        lines += _lines_for(block, folder / f"block-{number}")
    return "\n".join(lines) + "\n"


def _lines_for(block: Block, place: Path) -> Iterator[str]:
    if block.title:
        place.write_text(block.text, "utf-8")
        yield f'mkdir -p "$(dirname {shlex.quote(block.title)})"'
        yield f"cp {place} {shlex.quote(block.title)}"
    elif block.language == "python":
        place.write_text(block.text, "utf-8")
        yield f"python {place}"
    elif block.language == "sh":
        yield block.text
    else:
        yield from _console_lines(block, place)


def _console_lines(block: Block, place: Path) -> Iterator[str]:
    for number, part in enumerate(re.split(r"^\$ ", block.text, flags=re.M)[1:]):
        command, _, expected = part.partition("\n")
        if not expected.strip():
            yield command
            continue
        wanted = place.with_suffix(f".{number}.expected")
        wanted.write_text(expected, "utf-8")
        got = place.with_suffix(f".{number}.got")
        yield f"{{ {command}\n}} >{got} 2>&1 || true"
        yield f"python {place.parent / 'compare.py'} {wanted} {got}"


COMPARE = """\
import re, sys
wanted, got = (open(name, encoding="utf-8").read().strip() for name in sys.argv[1:])
pattern = ".*?".join(re.escape(part) for part in wanted.split("…"))
if not re.fullmatch(pattern, got, re.S):
    sys.exit(f"expected\\n{wanted}\\ngot\\n{got}")
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path) -> None:
    """A reader who pastes the page's blocks in order gets what the page says."""
    blocks = blocks_of(page)
    if not blocks:
        return
    work, aside = tmp_path / "work", tmp_path / "aside"
    work.mkdir()
    aside.mkdir()
    (aside / "compare.py").write_text(COMPARE, "utf-8")
    (aside / "script").write_text(script_for(blocks, aside), "utf-8")
    _use_port(aside, free_port())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen(
            ["sh", str(aside / "script")],
            cwd=work,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        status = _status_of(process)
    assert status == 0, _all_of(tmp_path / "output", *work.rglob("*.log"))


def _use_port(folder: Path, port: int) -> None:
    for file in folder.iterdir():
        file.write_text(file.read_text("utf-8").replace("8765", str(port)), "utf-8")


def _status_of(process: subprocess.Popen[bytes]) -> int | None:
    """The page's exit status; None when it did not come to its end."""
    try:
        return process.wait(TIME_FOR_A_PAGE)
    except subprocess.TimeoutExpired:
        return None
    finally:
        # The shell leads a process group of its own; what the page left in the background ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _all_of(*files: Path) -> str:
    return "\n".join(f"{file.name}:\n{file.read_text('utf-8')}" for file in files)


def test_the_readme_example_counts() -> None:
    """The example on the front page is a service as it stands: a client that speaks is counted."""
    first = next(block for block in blocks_of(ROOT / "README.md") if block.language == "python")
    names: dict[str, object] = {}
    exec(first.text, names)
    with TestClient(names["app"]).websocket_connect("/count") as socket:  # type: ignore[arg-type]
        socket.send_text("one")
        assert socket.receive_json() == {"count": 1}
        socket.send_text("two")
        assert socket.receive_json() == {"count": 2}


def test_pages_point_at_files_that_exist() -> None:
    """No link of a page to another page or file is broken."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)
