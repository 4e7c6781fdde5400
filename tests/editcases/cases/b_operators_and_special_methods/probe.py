import app
s = app.S()
assert len(s) == 2 and s.foo == "dyn foo"
swap()
assert list(s) == [1, 2] and not s and s == app.S() and s() == ("call2", 1) and 7 in s
with s:
    raise ValueError
for bad, error in ((lambda: len(s), TypeError), (lambda: s.foo, AttributeError), (lambda: hash(s), TypeError)):
    try:
        bad()
    except error:
        pass
    else:
        raise AssertionError(bad)
