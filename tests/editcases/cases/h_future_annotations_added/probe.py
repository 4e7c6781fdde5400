import app
f, c = app.f, app.C()
swap()
assert app.f.__annotations__ == f.__annotations__ == {"x": "T", "return": "'T'"}, f.__annotations__
assert app.C.m.__annotations__ == {"t": "T"} and app.C.__annotations__ == {"y": "int"} and c.m(None) == 2 and app.g(1) == 1
