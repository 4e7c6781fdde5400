import typing

import shop

channel, client = shop.Channel(3), shop.Client()
swap()
stamped = {shop.Channel: ["__init__", "__eq__", "__repr__"], shop.Client: ["__init__", "total", "added"]}
stamped |= {shop.Point: ["f", "g"], shop.Slotted: ["__init__", "f"]}
for cls, names in stamped.items():
    assert cls.__module__ == "shop", cls
    for name in names:
        assert vars(cls)[name].__module__ == "shop", (cls, name)
assert typing.get_type_hints(shop.Channel.__init__) == {"size": int, "closed": bool, "return": type(None)}
assert client.added() == 3 and channel == shop.Channel(3) and shop.Point(a=1).f() == 3
assert shop.Slotted().f() == 2
