
import app
r, rw = app.P.R, app.P.RW; d = {r: 1}
swap()
assert app.P.R is r and app.P.RW is rw and app.P(3) is rw and app.P.ALL == rw | app.P.X and d[app.P.R] == 1 and r.short == "r"
assert app.P.X in app.P.ALL and list(app.P) == [app.P.R, app.P.W, app.P.X] and (r | app.P.X).value == 5
