import app
swap()
assert app.Page[str](items=["a"], total=5).total == 5
page = app.IntPage(items=[1, 2], total=3)
assert page.total == 3 and page.size() == 2 and app.Page[int](items=[1]).size() == 1
