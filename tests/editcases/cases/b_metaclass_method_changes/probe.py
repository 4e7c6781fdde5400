import app
T, u = app.T, app.U()
swap()
assert T.describe() == ("v2", "T") and app.U.extra() == 1 and app.U().by == "v2" and u.by == "v1" and app.T is T
