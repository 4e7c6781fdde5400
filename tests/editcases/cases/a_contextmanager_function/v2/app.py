from contextlib import contextmanager
LOG = []
@contextmanager
def open_it(name, mode="r"):
    LOG.append("open2 " + name + mode)
    try:
        yield name
    finally:
        LOG.append("close2")
