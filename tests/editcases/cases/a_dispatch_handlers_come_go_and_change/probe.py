import app
show = app.show
everything = 1, [], (), {}, 1.5
before = ["int", "list", "tuple", "any", "any"]
assert list(map(show, everything)) == before
for _ in range(2):
    swap("v2")
    assert list(map(show, everything)) == ["any", "list, 2", "any", "dict", "float"]
    assert show is app.show and set(show.registry) == {object, list, dict, float} and not hasattr(app, "show_tuple")
    swap("v1")
    assert list(map(show, everything)) == before and set(show.registry) == {object, int, list, tuple}
