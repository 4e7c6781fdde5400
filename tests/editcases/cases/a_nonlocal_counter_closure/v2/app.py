def counter():
    n = 0
    def step():
        nonlocal n
        n += 10
        return "v2", n
    return step
count = counter()
