import pickle

import shop

held = shop.get
swap()
assert held is shop.get and held.__module__ == shop.Client.__module__ == "shop"
assert held(1) == 5 and shop.Client().f() == 2
assert pickle.loads(pickle.dumps(held)) is held
