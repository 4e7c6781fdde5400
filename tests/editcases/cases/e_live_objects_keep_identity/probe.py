import app
keep = (app.LOCK, app.CURRENT, app.log, app.JOBS, app.ALIVE, app.hub)
token = app.CURRENT.set("me")
app.hub.rooms["a"] = {1}
app.ALIVE["hub"] = app.hub
app.JOBS.put("job")
app.log.setLevel(7)
app.LOCK.acquire()
app.bump()
swap()
assert all(a is b for a, b in zip(keep, (app.LOCK, app.CURRENT, app.log, app.JOBS, app.ALIVE, app.hub)))
assert app.CURRENT.get() == "me" and app.hub.size() == ("size", 1) and app.hub.extra() == 1 and app.JOBS.get_nowait() == "job"
assert app.ALIVE["hub"] is app.hub and app.log.level == 7 and app.LOCK.locked() and app.bump() == 11
