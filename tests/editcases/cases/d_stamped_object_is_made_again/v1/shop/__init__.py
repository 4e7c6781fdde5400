from . import stamps
from .api import Client, connect, made

stamps.stamp(__name__, globals())
LIMIT = 10
