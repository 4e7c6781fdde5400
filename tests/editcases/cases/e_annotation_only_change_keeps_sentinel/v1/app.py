class _Missing:
    def __repr__(self): return "missing"
missing = _Missing()
def get(d, k, default=missing):
    return "none" if default is missing else default
