import app
if refused():
    assert app.IntPage(items=[1, 2]).items == [1, 2] and "total" not in app.Page.model_fields
else:
    page = app.IntPage(items=[1, 2], total=3)
    assert page.total == 3 and page.size() == 2 and app.Page[int](items=[1]).size() == 1
