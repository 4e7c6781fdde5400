import app
pool = app.get_pool()
pool.conns.append(1)
swap()
assert app.get_pool() is pool and pool.size() == ("v2", 1)
