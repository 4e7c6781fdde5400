import shop
import shop.config

held = shop.URL
swap()
assert shop.URL is shop.urls.URL is shop.urls.TABLE["url"] is held
assert not hasattr(shop.config, "URL") and not hasattr(shop.urls, "proxy")
assert held().f() == 2 and shop.proxy(1) is None
