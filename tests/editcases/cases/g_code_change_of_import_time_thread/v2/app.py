import threading
def f(): return 2
lock = threading.Lock()
lock.acquire()
lock.acquire()
