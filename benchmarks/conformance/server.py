"""Serves the echo in one of three ways, says on which port, and at the end how many upgrades there were."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from packaging.version import Version

from benchmarks.applications import App
from benchmarks.serving import serving
from upward_asgi import Upward
from upward_asgi.upgrade import Engine, ProofPolicy

from . import echoed
from .store import VERSIONS

__all__ = ["WAYS", "main"]

WAYS = ("without", "with", "upgraded")
"""Without the middleware; with it; with it and an upgrade every second."""
_EVERY = 1.0


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--ws", required=True)
    parser.add_argument("--store", type=Path, required=True)
    asyncio.run(_serve(parser.parse_args()))


async def _serve(options: argparse.Namespace) -> None:
    upgrades: dict[str, int] = {}
    app, engine = _app(options)
    async with serving(app, ws=options.ws, lifespan="off" if engine is None else "on") as port:
        print(json.dumps({"port": port}), flush=True)
        over = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        while engine is not None and not over.done():
            state = await _upgrade(engine)
            upgrades[state] = upgrades.get(state, 0) + 1
            await asyncio.wait({over}, timeout=_EVERY)
        await over
    print(json.dumps({"upgrades": upgrades}), flush=True)


def _app(options: argparse.Namespace) -> tuple[App, Engine | None]:
    if options.way == "without":
        return echoed.app, None
    if options.way == "with":
        return Upward(echoed.app), None
    # Every second there is a release: it is compared with a fresh start elsewhere.
    upward = Upward("echoed:app", store=options.store, proof=ProofPolicy.OFF)
    return upward, upward.engine


async def _upgrade(engine: Engine) -> str:
    """Go to the other release; gives how that ended."""
    there = engine.status()["release"]
    operation = engine.install(Version(next(version for version in VERSIONS if version != there)))
    await operation.done()
    return str(operation.state)


if __name__ == "__main__":
    main()
