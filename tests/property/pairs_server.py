"""An interpreter that tries pairs of generated releases, each in a forked copy of itself: JSON by lines."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["PairsServer"]


class PairsServer:
    """The script of this folder that answers; `close` ends it."""

    def __init__(self, script: str) -> None:
        server = [sys.executable, str(Path(__file__).parent / script)]
        self.process = subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Any]:
        """What came of the pair, of which each release is its files' texts by their paths."""
        assert self.process.stdin and self.process.stdout
        with tempfile.TemporaryDirectory(prefix="releases-") as folder:
            root = Path(folder).resolve()
            for version, files in (("v1", old), ("v2", new)):
                for name, text in files.items():
                    file = root / version / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text, encoding="utf-8")
            self.process.stdin.write(json.dumps({"root": str(root)}) + "\n")
            self.process.stdin.flush()
            answer: dict[str, Any] = json.loads(self.process.stdout.readline())
            return answer

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()
