"""What the admin API and the CLI show alike: a plan's JSON; and how long a caller wants to wait."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from ..appup.appup import Appup

__all__ = ["plan_to_json", "waiting_time"]

_WAIT = re.compile(r'^wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$', re.IGNORECASE)


def plan_to_json(hops: Sequence[Appup], to: Version | None = None) -> dict[str, object]:
    """A plan of one or more hops, in the order they are gone, as plain JSON values; hot when every hop is.

    It is a plan of the way down when `to` is the older release of the last hop.
    """
    down = to is not None and hops[-1].old == to
    verdicts = [hop.down_verdict if down else hop.verdict for hop in hops]
    reasons = [reason.to_json() for verdict in verdicts for reason in verdict.reasons]
    config = [hop.down_config if down else hop.config for hop in hops]
    return {
        "from": str(hops[0].new if down else hops[0].old),
        "to": str(hops[-1].old if down else hops[-1].new),
        "hot": not reasons,
        "verdict": "cold" if reasons else "hot",
        "reasons": reasons,
        "notes": [note.to_json() for verdict in verdicts for note in verdict.notes],
        "config": config[0].merged(*config[1:]).to_json(),
        "hops": [hop.to_json() for hop in hops],
    }


def waiting_time(prefer: str | None, limit: float) -> float | None:
    """The seconds of `Prefer: wait=N` (RFC 7240), at most `limit`; None when the caller does not wait."""
    for preference in (prefer or "").split(","):
        found = _WAIT.match(preference.strip())
        if found:
            return min(float(found.group(1)), limit) or None
    return None
