def work(x): return "v2", x
