from deco import mark
@mark("a")
@mark("b")
def run(x):
    return [x]
