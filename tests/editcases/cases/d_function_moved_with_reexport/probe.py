import pickle
import app, user
held = app.work
swap()
import app, user, helpers
assert app.work(1) == user.go(1) == app.TABLE["work"](1) == ("v2", 1)
assert held(1) == ("v2", 1), held(1)
assert app.work is helpers.work and pickle.loads(pickle.dumps(app.work)) is helpers.work
