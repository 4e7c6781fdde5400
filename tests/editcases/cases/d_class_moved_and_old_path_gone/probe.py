
import user, pkg.a, pkg.b, pkg
old = user.made
swap()
assert old.f() == 2 and isinstance(old, pkg.b.C) and pkg.C is pkg.a.C is pkg.b.C is user.C and user.made is old and pkg.b.C.__module__ == "pkg.b"
import pickle; assert isinstance(pickle.loads(pickle.dumps(old)), pkg.C)
undo()
assert old.f() == 1 and pkg.a.C.__module__ == "pkg.a" and not hasattr(pkg.b, "C")
