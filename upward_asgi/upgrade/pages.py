"""The memory of the process after a fork: made writable again before anybody waits for it.

After a fork the first write to each page of memory goes through the system, which costs a microsecond, and in
Python to look at an object is to write to it. A patch of a small module meets a thousand such pages. Linux
(5.14 and later) does that for many pages at once, in a thread; elsewhere the pause is longer by it.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["make_pages_writable"]

_POPULATE_WRITE = 23
"""`MADV_POPULATE_WRITE`, which `mmap` has no name for."""
_AT_ONCE = 1024 * mmap.PAGESIZE
"""Bytes; meanwhile the process can get no new memory, so it is some tenths of a millisecond's worth."""
_MAPS = Path("/proc/self/maps")


def make_pages_writable() -> int:
    """Have the system do now what the first write to each page would make it do; returns how many bytes.

    Only what is in memory already: nothing grows by it. Safe in a thread; does nothing where it cannot.
    """
    if sys.platform != "linux":
        return 0
    library = ctypes.CDLL(None)
    done = 0
    for start, size in _pieces(_MAPS.read_text("ascii", "replace")):
        resident = ctypes.create_string_buffer(size // mmap.PAGESIZE)
        if library.mincore(ctypes.c_void_p(start), ctypes.c_size_t(size), resident) != 0:
            continue  # given back to the system since
        for first, last in _runs(resident.raw):
            at, length = start + first * mmap.PAGESIZE, (last - first) * mmap.PAGESIZE
            if library.madvise(ctypes.c_void_p(at), ctypes.c_size_t(length), _POPULATE_WRITE) == 0:
                done += length
    return done


def _pieces(maps: str) -> Iterator[tuple[int, int]]:
    """Start and size of what is private, writable and of no file, in pieces."""
    for line in maps.splitlines():
        span, permissions, _, _, inode, *name = line.split(maxsplit=5)
        if permissions != "rw-p" or inode != "0" or (name and name[0] != "[heap]"):
            continue
        start, end = (int(address, 16) for address in span.split("-"))
        for at in range(start, end, _AT_ONCE):
            yield at, min(_AT_ONCE, end - at)


def _runs(resident: bytes) -> Iterator[tuple[int, int]]:
    """The pages in memory, from the first to the one after the last of each run."""
    flags = bytes(flag & 1 for flag in resident)
    first = flags.find(1)
    while first >= 0:
        after = flags.find(0, first)
        last = len(flags) if after < 0 else after
        yield first, last
        first = flags.find(1, last)
