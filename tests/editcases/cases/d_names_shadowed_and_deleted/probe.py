import app, lib
h = app.h
swap()
assert app.f() == "own" and lib.f() == "lib2" and app.g() == "lib2" and app.h() == h() == "second2"
assert app.VALUE == 6 and not hasattr(app, "tmp")
