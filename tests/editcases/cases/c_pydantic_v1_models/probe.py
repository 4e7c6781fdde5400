import app

Request, Streamed, kept = app.Request, app.Streamed, app.KEPT
held = Streamed(model="held", messages=[{"role": "user", "text": "hi"}], top_p=0.2)
swap()
assert app.Request is Request and app.Streamed is Streamed and app.KEPT is kept
assert list(Request.__fields__) == ["model", "messages", "top_k", "tags", "top_p"]
assert list(Streamed.__fields__) == [*Request.__fields__, "stream"]
assert Request(model="m").dict() == {"model": "m", "messages": [], "top_k": -1, "tags": [], "top_p": 1.0}
assert Request.schema()["properties"]["top_k"]["description"] == "how many"
assert "legacy" not in Request.schema()["definitions"]["Message"]["properties"]
assert kept.dict(exclude_unset=True) == {"model": "kept", "messages": [{"role": "user"}]}
assert list(held.dict().items()) == [
    ("model", "held"),
    ("messages", [{"role": "user", "text": "hi"}]),
    ("top_k", -1),
    ("tags", []),
    ("top_p", 0.2),
    ("stream", True),
]
try:
    Request(model="m", messages=[{"role": "nobody"}])
except ValueError as error:
    assert "unknown role" in str(error)
else:
    raise AssertionError("the new validator is not asked")
undo()
assert list(Request.__fields__) == ["model", "messages", "top_p"] == list(Streamed.__fields__)[:3]
assert Request(model="m", messages=[{"role": "nobody"}]).messages[0].legacy == 1
assert held.dict()["messages"] == [{"role": "user", "text": "hi", "legacy": 1}] and "top_k" not in held.dict()
assert kept.messages[0].__fields_set__ == {"role", "legacy"}
