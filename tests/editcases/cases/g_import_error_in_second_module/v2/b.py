from a import LIMIT
OK = LIMIT
raise RuntimeError("no")
