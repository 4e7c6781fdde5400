import typing
import app, user
swap()
import app, user
assert set(app.T.__annotations__) == {"a", "b"} and app.T.__optional_keys__ == {"b"}
assert user.KEYS is app.T and typing.get_type_hints(app.T) == {"a": int, "b": str}
assert set(app.U.__annotations__) == {"a", "b", "z"}, app.U.__annotations__
assert app.U.__optional_keys__ == {"b", "z"}
