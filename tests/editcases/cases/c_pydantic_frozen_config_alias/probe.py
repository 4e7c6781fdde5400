
import app, pydantic
m = app.M(userId=0)
swap()
assert app.M(user_id=3).user_id == 3
for bad in ({"userId": 0}, {"userId": 1, "x": 1}):
    try: app.M(**bad)
    except pydantic.ValidationError: pass
    else: raise AssertionError(bad)
try: m.user_id = 2
except pydantic.ValidationError: pass
else: raise AssertionError("not frozen")
assert m.user_id == 0 and m.model_dump(by_alias=True) == {"userId": 0}
