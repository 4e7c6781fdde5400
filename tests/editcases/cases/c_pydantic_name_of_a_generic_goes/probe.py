import app


def generics():
    return sorted(name for name in vars(app) if "[" in name)


before, users = generics(), app.Users(items=[1])
assert app.load([1]) == [1] and before, before
swap()
assert app.load(["a"]) == ["a"] and not hasattr(app, "Numbers")
assert not set(before) & set(generics()) and generics(), generics()
assert app.Users(items=["a"]).items == ["a"] and type(users) is app.Users
undo()
assert generics() == before and app.load([2]) == [2]
swap()
swap(to="v1")
assert generics() == before and app.load([2]) == [2] and not hasattr(app, "Texts")
