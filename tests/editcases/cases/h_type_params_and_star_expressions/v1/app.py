key = lambda x, f=lambda y: y + 1: f(x)
first, *rest = [1, 2, 3]
a = b = {"k": 1}
if (n := len(rest)) > 1: BIG = n
PAIRS = [(i, j) for i in range(2) for j in range(i)]
