import pkg, pkg.other
assert pkg.read() == "one" and pkg.other.read() == "one"
swap()
import pkg, pkg.other
assert pkg.read() == "two!" and pkg.other.resource() == "two"
