import app

classes = [app.Shape, app.Square, app.Circle]


def methods():
    assert app.REGISTRY["all"] == classes == [app.Shape, app.Square, app.Circle]
    assert type(app.LIVE) is app.Square
    assert app.REGISTRY["Square"]["side"] is app.Square.side
    return {name: sorted(held) for name, held in app.REGISTRY.items() if name != "all"}


assert methods() == {"Shape": ["area"], "Square": ["side"], "Circle": ["radius"]}
swap()
assert methods() == {"Shape": ["area"], "Square": ["corner", "side"], "Circle": ["radius"]}, methods()
assert app.LIVE.side() == 2
swap("v1")
assert methods() == {"Shape": ["area"], "Square": ["side"], "Circle": ["radius"]}, methods()
