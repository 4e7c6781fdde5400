"""New."""
__version__ = "2"
__author__: str = "b"
def f(): return __doc__, __version__
