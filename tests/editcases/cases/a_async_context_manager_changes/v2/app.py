
import contextlib
LOG=[]
@contextlib.asynccontextmanager
async def lock(name, *, shout=False):
    LOG.append("IN "+name)
    try:
        yield name.upper()
    finally:
        LOG.append("OUT "+name)
