import app
f, g = app.f, app.g
swap()
assert f(0) == (0, 10, 20, 5) and app.f(0, e=1) == (0, 10, 20, 1)
assert f.__kwdefaults__ == {"c": 20, "e": 5} and g.__defaults__ is None and not g.__kwdefaults__
for bad in (lambda: g(), lambda: g(1)):
    try:
        bad()
    except TypeError:
        pass
    else:
        raise AssertionError("an argument that is required now has a default still")
