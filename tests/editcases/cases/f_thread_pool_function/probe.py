import threading
import app
gate, pool = threading.Event(), app.POOL
first = pool.submit(app.work, gate)
second = pool.submit(app.work, gate)
swap()
gate.set()
assert app.POOL is pool and first.result(2) == "v2" and second.result(2) == "v2"
pool.shutdown()
