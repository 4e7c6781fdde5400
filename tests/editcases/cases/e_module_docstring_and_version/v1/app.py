"""Old."""
__version__ = "1"
__author__: str = "a"
def f(): return __doc__, __version__
