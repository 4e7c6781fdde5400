"""How large a release may be: `installer` and `zipfile` set no limits themselves."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a wheel may cost to unpack; checked against its directory before anything is read out."""

    unpacked: int = 1 << 30
    """Bytes of all files together, unpacked."""

    entries: int = 50_000
    """Files."""

    ratio: int = 200
    """Unpacked bytes per packed byte, for wheels past `ratio_from`: an archive bomb has about 1,000."""

    ratio_from: int = 16 << 20
    """Unpacked bytes below which the ratio does not matter."""
