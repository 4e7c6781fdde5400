import app
cyrillic, first = app.load("az-Cyrl"), app.load("0001_first")
assert (cyrillic.hello(), first.NUMBER) == ("salam", 1)
swap()
import app
assert cyrillic.hello() == "SALAM" and app.load("az-Cyrl") is cyrillic
assert first.NUMBER == 2 and app.TEXTS is cyrillic.TEXTS
assert "v2" in cyrillic.__file__ and "v2" in first.__file__
undo()
assert (cyrillic.hello(), first.NUMBER) == ("salam", 1) and "v1" in cyrillic.__file__
