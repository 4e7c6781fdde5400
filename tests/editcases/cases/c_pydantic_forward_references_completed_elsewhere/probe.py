import app

held = app.User(name="ada", posts=[{"text": "hello"}])
swap()
made = app.User(name="bob", posts=[{"text": "x", "author": {"name": "eve"}}], badges=[{"colour": "red"}])
assert type(made.badges[0]) is app.Badge and type(made.posts[0].author) is app.User
assert made.posts[0].author.badges == [] and held.badges == [] and isinstance(held, app.User)
assert held.model_dump() == {"name": "ada", "posts": [{"text": "hello", "author": None}], "badges": []}
