from app import key, rest, BIG, a, b, PAIRS
def go(): return key(1), rest, BIG, a is b, a["k"], len(PAIRS)
