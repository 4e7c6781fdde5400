from .a import f, LIMIT
from . import new
