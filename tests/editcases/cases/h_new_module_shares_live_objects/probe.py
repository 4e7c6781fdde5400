import app, state
state.ROOMS["a"] = state.Room()
swap()
assert app.go() == (1, 1, True)
swap("v1")
assert app.go() == 1 and "feature" not in state.HOOKS, state.HOOKS
