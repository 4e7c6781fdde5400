import app

host = app.Settings.host


def table():
    assert app.FIELDS["Settings"]["port"] is app.Settings.port
    return {name: field.default for name, field in app.FIELDS["Settings"].items()}


assert table() == {"host": "localhost", "port": 80}
swap()
assert table() == {"host": "localhost", "port": 8080, "path": "/"}, table()
swap("v1")
assert table() == {"host": "localhost", "port": 80}, table()
