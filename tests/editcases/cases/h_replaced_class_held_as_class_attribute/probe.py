import app, user
user.Channel.codec = app.Codec
user.Channel.codecs["c"] = app.Codec
channel = user.Sub()
for _ in range(3):
    assert channel.go() == ("v1", "v1")
was = id(app.Codec)
swap()
assert channel.go() == ("v2", "v2"), channel.go()
assert user.Channel.codec is user.Sub.codec is app.Codec and id(app.Codec) != was
undo()
assert user.Channel.codec is user.Sub.codec is app.Codec and channel.go() == ("v1", "v1"), channel.go()
