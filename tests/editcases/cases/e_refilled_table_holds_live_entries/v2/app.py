TABLE = {}
CALLED = {}


def call(name, value):
    CALLED[name] = value


TABLE["a"] = 1
call("a", 1)
