import app, sink
swap()
assert len(sink.CALLS) == 1 and sink.CALLS[0](1) == ("v2", 1) and app.other() == 2
