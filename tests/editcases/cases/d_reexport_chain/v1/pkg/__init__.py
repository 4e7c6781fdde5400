from .core import *
from .core import C as Thing
