import app
import base

lock, soft, rooms, cls = app.Lock(), app.Soft(), app.rooms, app.Lock
rooms["lobby"] = lock
swap()
assert app.Lock is cls and type(lock) is cls and lock.acquire() == "lock!" and soft.acquire() == "soft!"
assert app.Lock.instances is not app.Soft.instances and "instances" not in vars(base.Base)
assert app.rooms is rooms and rooms == {"lobby": lock} and app.has_calls is True and app.calls is False
undo()
assert lock.acquire() == "Lock!" and "tag" not in vars(app.Lock) and app.Lock.instances is base.Base.instances
assert app.rooms is rooms and rooms == {"lobby": lock}
