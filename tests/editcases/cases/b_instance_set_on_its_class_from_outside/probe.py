import app

held = app.Retry
assert held.DEFAULT.headers == {"Authorization"}
swap()
assert app.Retry is held
assert app.Retry.DEFAULT.headers == app.Retry.HEADERS == {"Authorization", "Cookie"}
assert app.Retry(1).headers is app.Retry.HEADERS
