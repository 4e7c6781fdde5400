key = lambda x, f=lambda y: y + 2: f(x)
first, *rest = [5, 6, 7, 8]
a = b = {"k": 2}
if (n := len(rest)) > 1: BIG = n
PAIRS = [(i, j) for i in range(3) for j in range(i)]
