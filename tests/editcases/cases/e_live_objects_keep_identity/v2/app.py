import contextvars, logging, queue, threading, weakref
NEW = 1
LOCK = threading.Lock()
CURRENT = contextvars.ContextVar("current", default=None)
log = logging.getLogger("app")
JOBS = queue.Queue()
ALIVE = weakref.WeakValueDictionary()
_count = 0
class Hub:
    def __init__(self):
        self.rooms = {}
    def size(self): return "size", len(self.rooms)
    def extra(self): return 1
hub = Hub()
def bump():
    global _count
    _count += 10
    return _count
