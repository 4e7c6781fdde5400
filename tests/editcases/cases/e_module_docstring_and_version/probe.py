import app, user
swap()
import app, user
assert app.f() == ("New.", "2") and user.V == "2" and user.BANNER == "app 2" and app.__author__ == "b"
