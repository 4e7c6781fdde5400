import functools
from app import N
def make(cls=N, *, other=N): return cls(), other()
NESTED = {"t": ((N, 1), [N])}
part = functools.partial(make, N)
def closure():
    kept = N
    def inner(): return kept()
    return inner
inner = closure()
