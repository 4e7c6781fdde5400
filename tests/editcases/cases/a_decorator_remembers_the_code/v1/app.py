from hide import internal


@internal
def call(f):
    return f(1)


@internal
def other():
    return 1
