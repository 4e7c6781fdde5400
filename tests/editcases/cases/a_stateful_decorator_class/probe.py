
import app
held = app.work
held(1); held(1)
swap()
assert app.work is held and held(2) == 4 and held.calls == 3
held.reset(); assert held.calls == 0
