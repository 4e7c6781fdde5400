"""The store's locks between processes: one for the register, one for unpacking.

They are apart so that a long unpacking by the command line never holds back a running server that has to
write `current`. The operating system frees them when a process is killed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import StoreLocked

__all__ = ["REGISTER_LOCK", "UNPACK_LOCK", "locked"]

REGISTER_LOCK = ".register.lock"
UNPACK_LOCK = ".unpack.lock"


@contextlib.contextmanager
def locked(root: Path, name: str, timeout: float) -> Iterator[None]:
    """Hold the store's lock `name`, waiting at most `timeout` seconds. Raises `StoreLocked`."""
    lock = FileLock(str(root / name))
    try:
        lock.acquire(timeout=timeout)
    except Timeout as error:
        raise StoreLocked(
            expected=f"the store {root} free within {timeout:g} s",
            got=f"another process holding {name}",
            do="wait for that process to end, then try again; the lock goes away with the process",
        ) from error
    try:
        yield
    finally:
        lock.release()
