import app
app.Second.outside = "kept"
for _ in range(2):
    swap("v2")
    assert app.First().size == app.Second().size == app.Third().size == 2
    assert not hasattr(app.First, "made") and type(app.First) is type
    assert not hasattr(app.Second, "tag") and app.Second.outside == "kept" and app.Third.tag == "third"
    swap("v1")
    assert app.First.made == 1 and app.Second.tag == "second" and not hasattr(app.Third, "tag")
    assert app.Second.outside == "kept"
