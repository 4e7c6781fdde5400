import signal

import app

swap()
assert app.go() == signal.SIGINT and not hasattr(app, "consts")
assert app.SIGINT is signal.SIGINT
