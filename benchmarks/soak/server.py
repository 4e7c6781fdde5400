"""The service: uvicorn with the middleware, in a process of its own, with limits that suit many upgrades."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import uvicorn

from upward_asgi import Admin, Upward
from upward_asgi.upgrade import Timeouts

from .in_use import telling

__all__ = ["main"]


def main() -> None:
    """Serve the store's permanent release until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--token-file", type=Path, required=True)
    parser.add_argument("--ws", default="auto")
    options = parser.parse_args()
    os.environ["SOAK_PID"] = str(os.getpid())  # by which a bad release knows the service from a rehearsal
    app = Upward(
        "soaked.app:app",
        store=options.store,
        admin=Admin(token_file=options.token_file),
        timeouts=Timeouts(rehearsal_seconds=60.0, commit_seconds=2.0, probation_seconds=0.0),
    )
    uvicorn.run(
        telling(app),
        port=options.port,
        ws=options.ws,  # type: ignore[arg-type]
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
