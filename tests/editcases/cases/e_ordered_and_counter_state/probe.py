import app
for k in "abcd": app.use(k)
swap()
assert app.use("e") == "v2" and list(app.LRU) == list("edcba") and list(app.LAST) == list("cde")
assert refused("v3")
assert app.use("e") == "v2" and list(app.LRU) == list("edcba") and app.HITS["e"] == 2 and list(app.LAST) == list("dee")
app.LRU.popitem(last=False)
assert list(app.LRU) == list("dcba") and app.LAST.maxlen == 3
