import pickle

import shop

held = shop.Client()
swap()
assert type(held) is shop.Client and shop.Client.__module__ == "shop"
assert held.b == 2 and shop.Client(1) < shop.Client(2)
assert pickle.loads(pickle.dumps(held)) == held
