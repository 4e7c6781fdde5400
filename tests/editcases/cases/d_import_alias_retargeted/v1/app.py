import one as impl
from one import f as handler
def go(): return impl.f(), handler()
