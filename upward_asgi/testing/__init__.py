"""Testing upgrades: of two source trees in this process, and of two releases with recorded sessions.

The public names are imported when they are first used, so that `hot_swap` loads the standard library and
`packaging` only and can be used in the environment of any project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .checking import CheckReport as CheckReport
    from .checking import UpgradeCheck as UpgradeCheck
    from .recording import Recording as Recording
    from .recording import mask as mask
    from .recording import record as record
    from .swapping import HotSwap as HotSwap
    from .swapping import NotHot as NotHot
    from .swapping import UpgradeFailed as UpgradeFailed
    from .swapping import hot_swap as hot_swap

__all__ = [
    "CheckReport",
    "HotSwap",
    "NotHot",
    "Recording",
    "UpgradeCheck",
    "UpgradeFailed",
    "hot_swap",
    "mask",
    "record",
]

__getattr__ = lazy_names(
    __name__,
    {
        "CheckReport": ".checking",
        "HotSwap": ".swapping",
        "NotHot": ".swapping",
        "Recording": ".recording",
        "UpgradeCheck": ".checking",
        "UpgradeFailed": ".swapping",
        "hot_swap": ".swapping",
        "mask": ".recording",
        "record": ".recording",
    },
)
