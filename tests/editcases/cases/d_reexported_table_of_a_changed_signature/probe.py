import app
assert app.options() == ["debug", "dsn"]
swap()
import app, pkg.client, pkg.consts
assert app.options() == ["debug", "dsn", "rate"], app.options()
assert pkg.client.known("rate")
assert app.DEFAULT_OPTIONS is pkg.client.DEFAULT_OPTIONS is pkg.consts.DEFAULT_OPTIONS
assert not hasattr(pkg.consts, "_default_options")
undo()
assert app.options() == ["debug", "dsn"] and not pkg.client.known("rate")
