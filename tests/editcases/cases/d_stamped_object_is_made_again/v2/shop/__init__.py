from . import stamps
from .api import Client, connect, helper, made

stamps.stamp(__name__, globals())
LIMIT = 20
