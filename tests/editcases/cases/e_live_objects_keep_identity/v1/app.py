import contextvars, logging, queue, threading, weakref
LOCK = threading.Lock()
CURRENT = contextvars.ContextVar("current", default=None)
log = logging.getLogger("app")
JOBS = queue.Queue()
ALIVE = weakref.WeakValueDictionary()
_count = 0
class Hub:
    def __init__(self):
        self.rooms = {}
    def size(self): return len(self.rooms)
hub = Hub()
def bump():
    global _count
    _count += 1
    return _count
