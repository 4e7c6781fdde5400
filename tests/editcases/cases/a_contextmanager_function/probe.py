import app, user
log, held = app.LOG, app.open_it
user.go()
swap()
import app, user
user.go()
with held("y", mode="w"):
    pass
assert log is app.LOG and log == ["open1 x", "close1", "open2 xr", "close2", "open2 yw", "close2"], log
