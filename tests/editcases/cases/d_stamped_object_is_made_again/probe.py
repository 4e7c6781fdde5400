import shop
import shop.api

helper, before = shop.api.helper, shop.made
swap()
assert (shop.made.__module__, shop.made.__name__, shop.made(1)) == ("shop", "made", 2)
assert shop.helper is helper and helper.__module__ == "shop" and shop.connect() == 3
undo()
assert shop.made is before and helper.__module__ == "shop.api" and not hasattr(shop, "helper")
assert helper.__name__ == helper.__qualname__ == "helper" and before(1) == 1 and shop.LIMIT == 10
