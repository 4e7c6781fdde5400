from hide import internal

# moved down


@internal
def call(f):
    return f(2)


@internal
def other():
    return 1
