from app import __version__ as V
BANNER = "app %s" % V
