import app
view = app.View()
for _ in range(2):
    assert [app.show(value) for value in (1, "", True, 1.5)] == ["int", "str", "int", "any"] and view.draw(1) == "int"
    swap("v2")
    assert [app.show(value) for value in (1, "", True, 1.5)] == ["any", "str", "any", "any"] and view.draw(1) == "any"
    swap("v1")
