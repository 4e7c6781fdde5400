from . import fast

speed = fast.speed
