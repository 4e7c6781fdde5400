import parts
import shop

assert shop.b() == 2
swap()
assert shop.a() == 10 and not hasattr(shop, "b") and hasattr(parts, "b")
assert not hasattr(parts, "__all__")
swap("v1")
assert shop.a() == 1 and shop.b() == 2
