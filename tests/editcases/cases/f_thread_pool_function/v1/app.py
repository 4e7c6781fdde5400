from concurrent.futures import ThreadPoolExecutor
POOL = ThreadPoolExecutor(1)
def work(gate): gate.wait(5); return inner()
def inner(): return "v1"
