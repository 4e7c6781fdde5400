import app
machine = app.Machine()
bound, cls = machine.fire, app.Machine
assert machine.fire() == ([("start", 1), ("stop", 1)], 1)
for _ in range(2):
    swap("v2")
    assert bound() == ([("stop", 2), ("tick", 1), ("wait", 1)], 2) == app.Machine().fire()
    assert type(machine) is app.Machine is cls and not hasattr(cls, "start") and not hasattr(cls, "on")
    swap("v1")
    assert bound() == ([("start", 1), ("stop", 1)], 1) and set(cls.handlers) == {"start", "stop"}
    assert not hasattr(cls, "tick")
