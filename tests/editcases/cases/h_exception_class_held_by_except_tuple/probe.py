import errors, user
held = errors.NotFound("x")
swap()
import errors, user
def fail(): raise errors.NotFound("y", hint="h")
assert user.go(fail) == ("caught", "v2 h", 2), user.go(fail)
def again(): raise held
assert user.go(again) == ("caught", "v2 None", 2)
assert isinstance(held, LookupError) and issubclass(errors.NotFound, errors.AppError)
