from typing import Any
class _Missing:
    def __repr__(self): return "MISSING"
missing: Any = _Missing()
def get(d, k, default=missing):
    return "none2" if default is missing else default
