"""`--prove`: a release started, patched to another one and compared with fresh starts of that, in children.

What the server's rehearsal proves of a running service, this proves in CI of a freshly started one. The
calling process never imports the application.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..appup.verdict import Reason
    from .sources import Source

__all__ = ["Proven", "proof_lines", "proof_to_json", "prove", "swap_here"]


@dataclass(frozen=True, slots=True)
class Proven:
    """What came of one hop."""

    old: str
    new: str
    modules: int
    """How many modules of the old release were running."""
    failed: Mapping[str, str]
    """Modules of the old release that cannot be imported, and why: what they hold is not compared."""
    rebuilt: tuple[str, ...]
    """Names that are made anew because the rehearsal found that they depend on changed code."""
    reasons: tuple[Reason, ...]
    """Why the result is not a fresh start of the new release; none when it is."""
    seconds: float

    @property
    def equal(self) -> bool:
        """True when the patched process is what a fresh start of the new release is."""
        return not self.reasons

    def to_json(self) -> dict[str, object]:
        """The hop's proof as plain JSON values."""
        return {
            "from": self.old,
            "to": self.new,
            "equal": self.equal,
            "modules": self.modules,
            "failed": dict(self.failed),
            "rebuilt": list(self.rebuilt),
            "reasons": [reason.to_json() for reason in self.reasons],
            "seconds": round(self.seconds, 3),
        }


def prove(old: Source, new: Source, modules: Sequence[str], timeout: float) -> Proven:
    """Prove one hop, up or down, with `modules` of the old release running; none named: all that import.

    `timeout` is in seconds, for each start and for the rehearsal. Raises `ReleaseDoesNotImport` when a named
    module of the old release does not import.
    """
    from ..appup.trees import read_tree
    from ..appup.verdict import Reason
    from ..upgrade.clean import FreshStart, call_in_start

    running = tuple(modules) or tuple(
        name for name in read_tree(old.root).modules if name.rpartition(".")[2] != "__main__"
    )
    start = FreshStart(old.root, running, (), timeout=4 * timeout, tolerate=not modules)
    job = {"old": str(old.root), "new": str(new.root), "timeout": timeout}
    began = time.perf_counter()
    told, failed = call_in_start(start, f"{__name__}:swap_here", job)
    rebuilt, reasons = told["rebuilt"], told["reasons"]
    assert isinstance(rebuilt, list) and isinstance(reasons, list)
    return Proven(
        str(old.version),
        str(new.version),
        len(running) - len(failed),
        failed,
        tuple(rebuilt),
        tuple(Reason.from_json(reason) for reason in reasons),
        time.perf_counter() - began,
    )


def swap_here(job: Mapping[str, object]) -> dict[str, object]:
    """In the child, where the old release runs: patch it to the new one, and say whether it became that."""
    from ..appup.verdict import Reason
    from ..errors import NotHot, UpgradeFailed
    from ..testing import hot_swap

    old, new, timeout = job["old"], job["new"], job["timeout"]
    assert isinstance(old, str) and isinstance(new, str) and isinstance(timeout, float)
    try:
        swapped = hot_swap(old, new, timeout=timeout)
    except NotHot as refusal:
        return {"rebuilt": [], "reasons": [reason.to_json() for reason in refusal.reasons]}
    except UpgradeFailed as error:
        reason = Reason(error.code, f"expected {error.expected}, got {error.got}", advice=error.do)
        return {"rebuilt": [], "reasons": [reason.to_json()]}
    return {"rebuilt": list(swapped.rebuilt), "reasons": []}


def proof_to_json(hops: Sequence[Proven]) -> dict[str, object]:
    """The proofs of all hops as one document."""
    return {"equal": all(hop.equal for hop in hops), "hops": [hop.to_json() for hop in hops]}


def proof_lines(hop: Proven) -> list[str]:
    """One hop's proof as a person reads it."""
    result = "equal to a fresh start" if hop.equal else "NOT EQUAL to a fresh start"
    lines = [f"proof {hop.old} → {hop.new}: {result} ({hop.modules} module(s), {hop.seconds:.1f} s)"]
    lines += [f"  - {reason}" for reason in hop.reasons]
    lines += [f"  made anew     {name}" for name in hop.rebuilt]
    return lines + [f"  not imported  {name}: {why}" for name, why in sorted(hop.failed.items())]
