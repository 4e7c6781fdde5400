def adder(n):
    def add(x):
        return "v1", n + x
    return add
