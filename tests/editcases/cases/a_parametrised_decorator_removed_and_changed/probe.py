
import app
reg = app.REG; a = app.a
swap()
assert app.REG is reg and sorted(reg) == ["/a", "/c"], reg
assert reg["/a"] == (app.a, ("GET", "POST")) and reg["/a"][0]() == "A" and reg["/c"][0] is app.c and app.a is a
undo(); assert sorted(reg) == ["/a", "/b"] and reg["/a"][0]() == "a"
