import pkg
swap()
assert pkg.lazy == "v2" and pkg.sub.X == 2 and dir(pkg) == ["lazy", "sub"]
