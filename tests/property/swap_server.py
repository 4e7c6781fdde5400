"""Swap generated releases hot, up and down, each in a forked copy of this interpreter: JSON, line by line.

A request is `{"root": folder}` with the releases in `root/v1` and `root/v2`. The answer says of each way
`equal`, `refused` with the reasons, or `wrong` with what the probes of the definitions give here and in a
fresh start.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from patch_server import in_copy, left
from releases import MODULES

from upward_asgi.testing import NotHot, hot_swap

sys.dont_write_bytecode = True
_LIMIT = 60
"""Seconds for a rehearsal, on a busy machine too."""


def load(root: Path) -> dict[str, str]:
    """Import the release of a folder, and call its probes."""
    sys.path.insert(0, str(root))
    for name in MODULES:
        importlib.import_module(f"pkg.{name}")
    return probes()


def probes() -> dict[str, str]:
    """What every probe gives, or raises."""
    return {
        f"{module}.{name}": _called(probe)
        for module in MODULES
        for name, probe in sorted(vars(sys.modules[f"pkg.{module}"]).items())
        if name.startswith("probe_") and probe.__module__ == f"pkg.{module}"
    }


def _called(probe: Any) -> str:
    try:
        return repr(probe())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def swapped(root: Path, old: dict[str, str], new: dict[str, str]) -> dict[str, Any]:
    """The older release in this process, upgraded and downgraded."""
    v1, v2 = root / "v1", root / "v2"
    load(v1)
    up = _swap(v1, v2, old, new)
    return {"up": up} if "equal" not in up else {"up": up, "down": _swap(v2, v1, new, old)}


def _swap(before: Path, after: Path, old: dict[str, str], new: dict[str, str]) -> dict[str, Any]:
    try:
        hot_swap(before, after, packages=["pkg"], timeout=_LIMIT)
    except NotHot as refusal:
        changed = left(old, probes())
        return {"wrong": changed} if changed else {"refused": [reason.message for reason in refusal.reasons]}
    wrong = left(new, probes())
    return {"wrong": wrong} if wrong else {"equal": True}


def answer(root: Path) -> dict[str, Any]:
    """What came of one pair of releases; `broken` when one of them cannot be started."""
    fresh = {version: in_copy(load, root / version) for version in ("v1", "v2")}
    broken = [of["error"] for of in fresh.values() if "error" in of]
    return {"broken": broken} if broken else in_copy(swapped, root, fresh["v1"], fresh["v2"])


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(Path(json.loads(line)["root"]))) + "\n")
        sys.stdout.flush()
