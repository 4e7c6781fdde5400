import app
import marks
first, last, table = app.First(), app.Last, marks.TABLE
for _ in range(2):
    swap("v2")
    assert marks.TABLE == ["Last!", "First", "Third"] and marks.TABLE is table
    assert marks.BY_NAME == {"first": 3, "third": 4}
    assert first.said() == ("first, 2", 3) and type(first) is app.First and app.Last is last
    swap("v1")
    assert marks.TABLE == ["First", "Second", "Last!"] and marks.BY_NAME == {"first": 1, "second": 2}
    assert first.said() == ("first", 1) and app.Second().said() == ("second", 2) and not hasattr(app, "Third")
