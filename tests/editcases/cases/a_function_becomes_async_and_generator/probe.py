
import app, asyncio, inspect
f, g = app.f, app.g
swap()
assert inspect.iscoroutinefunction(app.f) and asyncio.run(f()) == 2 and list(g()) == [1, 3]
