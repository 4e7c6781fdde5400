TABLE = {}
CALLED = {}


def call(name, value):
    CALLED[name] = value


TABLE["a"] = 1
TABLE["b"] = 2
call("a", 1)
call("b", 2)
