
import contextlib
LOG=[]
@contextlib.asynccontextmanager
async def lock(name):
    LOG.append("in "+name)
    yield name
    LOG.append("out "+name)
