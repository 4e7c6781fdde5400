import app, orm
u = app.User()
swap()
assert u.f() == 2 and u.g == 3 and orm.TABLES == {"users": app.User}
