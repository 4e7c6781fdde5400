from .api import Channel, Client, Point, Slotted
from .stamp import stamp

stamp(__name__, globals())
