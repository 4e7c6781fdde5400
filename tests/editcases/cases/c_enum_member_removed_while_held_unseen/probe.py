import collections
import functools
import app


def in_attribute():
    return app.Room(app.S.OLD)


def in_slot():
    made = app.Slotted()
    made.state = app.S.OLD
    return made


def in_closure():
    state = app.S.OLD
    return lambda: state


def in_generator():
    def wait(state):
        yield
        yield state

    made = wait(app.S.OLD)
    next(made)
    return made


def in_session():
    return session(state={"states": (app.S.OLD,)})


def in_kept_table():
    app.rooms["one"] = app.Room(app.S.OLD)


def in_flags():
    return {"rights": app.Right.OLD}


def in_combination():
    return app.Room(app.Right.READ | app.Right.OLD)


HOLDERS = [
    in_attribute,
    in_slot,
    in_closure,
    in_generator,
    in_kept_table,
    in_flags,
    in_combination,
    lambda: collections.deque([app.S.OLD]),
    lambda: functools.partial(print, app.S.OLD),
    lambda: frozenset([("old", app.S.OLD)]),
    lambda: setattr(app.Room, "default", app.S.OLD),
    in_session,  # the last one: it stays open
]
for hold in HOLDERS:
    held = hold()
    assert refused(), f"removed while held {hold.__name__}"
    assert [m.name for m in app.S] == ["A", "OLD"] and app.S(2) is app.S.OLD and app.f() == 1
    assert app.Right(5) is app.Right.READ | app.Right.OLD
    del held
    app.rooms.clear()
    if "default" in vars(app.Room):
        del app.Room.default
