from .impl import LIMIT as MAX, C
__all__ = ["MAX", "C"]
