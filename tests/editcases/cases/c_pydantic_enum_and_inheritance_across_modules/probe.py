import app, kinds
old = app.Event(id=1, kind="a")
swap()
e = app.Event.model_validate({"id": 2, "kind": "b", "tag": "x"})
assert e.kind is kinds.Kind.B and e.tag == "x" and old.kind is kinds.Kind.A and isinstance(old, app.Base)
assert app.Event(id=1, kind="a").model_dump()["tag"] == "t"
