from . import tools
from .version import VERSION

__all__ = ["VERSION", "tools"]
