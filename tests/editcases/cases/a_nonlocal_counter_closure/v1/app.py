def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return "v1", n
    return step
count = counter()
