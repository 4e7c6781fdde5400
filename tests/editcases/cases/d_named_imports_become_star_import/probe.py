import shop
import shop.api

held = shop.Client
swap()
assert shop.Client is shop.api.Client is held and held.__module__ == "shop"
assert held().f() == 2
