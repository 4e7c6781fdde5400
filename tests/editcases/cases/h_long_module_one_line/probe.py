import pathlib, importlib
body = "".join(f"def f{i}(x={i}): return x\nclass C{i}:\n    k = {i}\n    def m(self): return self.k\n" for i in range(1000))
pathlib.Path("v1/long.py").write_text("STATE = {}\n" + body)
pathlib.Path("v2/long.py").write_text("STATE = {}\n# a line more\n" + body.replace("def f500(x=500): return x", "def f500(x=500): return -x"))
long = importlib.import_module("long")
f, c, state = long.f999, long.C999(), long.STATE
swap(timeout=20)
assert long.f500() == -500 and long.f999 is f and type(c) is long.C999 and long.STATE is state and c.m() == 999
assert f.__code__.co_firstlineno == 2 + 999 * 4 + 1, f.__code__.co_firstlineno
