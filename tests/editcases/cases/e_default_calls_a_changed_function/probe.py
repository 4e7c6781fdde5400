import app

held = app.Client
assert app.Client().agent == "lib/1"
swap()
assert app.Client is held
assert held().agent == held.AGENT == "lib/2", (held().agent, held.AGENT)
undo()
assert held().agent == held.AGENT == "lib/1"
