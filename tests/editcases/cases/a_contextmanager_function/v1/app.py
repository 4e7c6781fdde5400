from contextlib import contextmanager
LOG = []
@contextmanager
def open_it(name):
    LOG.append("open1 " + name)
    yield name
    LOG.append("close1")
