from deco import mark
@mark("a")
@mark("c")
def run(x):
    return [x, x]
