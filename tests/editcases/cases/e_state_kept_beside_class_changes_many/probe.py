import model
root = model.tree.root
kid = model.Node("kid", root)
swap()
assert model.tree.walk() == [("v2", "/trunk/kid"), 1] and kid.hooks[0]() == ("v2", "/trunk/kid") and kid.parent() is root
assert model.tree.index[root] == 1 and model.tree.root is root
