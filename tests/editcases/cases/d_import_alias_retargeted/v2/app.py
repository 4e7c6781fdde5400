import two as impl
from two import f as handler
def go(): return impl.f(), handler()
