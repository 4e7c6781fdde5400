import app

held = app.Client
assert app.Client().agent == app.agent() == "1.0.0"
swap()
assert held is app.Client
assert app.Client().agent == app.agent() == "1.0.1"
