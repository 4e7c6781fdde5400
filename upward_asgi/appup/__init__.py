"""What changed between two releases, as instructions up and down, and whether it can go hot.

Pure: two trees are read and parsed, never imported; no live process is touched.
"""

from __future__ import annotations

from .appup import Appup
from .making import make_appup
from .rendering import render_plan
from .settings import Settings
from .verdict import Reason, Verdict

__all__ = ["Appup", "Reason", "Settings", "Verdict", "make_appup", "render_plan"]
