def work(x): return "v1", x
TABLE = {"work": work}
