import lib, user
swap()
import lib, user
assert lib.__all__ == ["a", "b", "d", "c"], lib.__all__
assert user.d() == 4
swap("v1")
import lib, user
assert lib.__all__ == ["a", "b", "c"], lib.__all__
assert not hasattr(user, "d")
