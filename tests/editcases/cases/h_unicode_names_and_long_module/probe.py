import app
g, l = app.Größe(), app.λ
swap()
assert g.ändern() == "neu" and l("x") == ("x", 3.14)
