import app

swap()
assert app.TABLE["first"] == 0 and len(app.TABLE) == 301
