import app
low, a, read, both, x = app.Level.LOW, app.Word.A, app.Perm.READ, app.Perm.READ | app.Perm.WRITE, app.Bits.X
swap()
assert low is app.Level.LOW is app.Level(1) and app.Level.MID > low and sorted(app.Level) == [1, 2, 3]
assert a is app.Word("a") and app.Word.B == "b" and list(app.Word) == ["a", "b"]
assert read in app.Perm.ALL and (both | app.Perm.EXEC) == app.Perm.ALL and both in app.Perm.ALL
assert [p.name for p in app.Perm] == ["READ", "WRITE", "EXEC"] and app.Perm(3) == both and read is app.Perm(1)
assert (x | app.Bits.Y) == 3 and app.Bits(3) == x | app.Bits.Y
