import app
cls, methods = app.Retry, app.Retry.METHODS
for _ in range(2):
    swap("v2")
    assert app.Retry is cls and cls.DEFAULT.headers is cls.HEADERS == frozenset(["Cookie", "Authorization"])
    assert cls(1).headers is cls.HEADERS and cls.DEFAULT.total == 3
    assert cls.DEFAULT.methods is cls(1).methods is cls.METHODS is methods is cls.__init__.__defaults__[0]
    swap("v1")
    assert cls.DEFAULT.headers is cls.HEADERS is cls(1).headers == frozenset(["Cookie"])
    assert cls.DEFAULT.methods is cls(1).methods is cls.METHODS is methods
