from __future__ import annotations
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from elsewhere import Thing, Other
import sys
if sys.version_info >= (3, 8):
    from json import dumps
else:
    from nowhere import dumps
def f(x: Other) -> Thing: return dumps([2])
