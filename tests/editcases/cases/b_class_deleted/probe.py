import app
gone, stays = app.Gone(), app.Stays()
swap()
assert not hasattr(app, "Gone") and gone.f() == 1 and stays.f() == 2
