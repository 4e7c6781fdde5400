import app
s = app.settings
s.port = 8080
swap()
assert app.settings is s and s.port == 8080 and app.TIMEOUT == 30 and s.timeout == 30
