def adder(n):
    def add(x):
        return "v2", n + x, n
    return add
