import app

swap()
assert app.HERE is vars(app) and app.g == "g"
