import app
a = app.S.A
swap()
assert list(app.S) == [a] and not hasattr(app.S, "OLD") and app.S(1) is a
for gone in (2,):
    try:
        app.S(gone)
    except ValueError:
        pass
    else:
        raise AssertionError("the removed member is still found")
