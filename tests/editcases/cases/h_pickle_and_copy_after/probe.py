import copy, pickle
import app
data, held = pickle.dumps(app.C(5)), app.C(1)
swap()
assert pickle.loads(data).f() == ("v2", 5) and pickle.loads(pickle.dumps(held)).f() == ("v2", 1)
assert pickle.loads(pickle.dumps(app.TABLE["w"])) is app.work and copy.deepcopy([held])[0].f() == ("v2", 1)
