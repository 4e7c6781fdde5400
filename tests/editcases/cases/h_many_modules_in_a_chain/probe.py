import pathlib, sys
for v in ("v1", "v2"):
    for i in range(1, 200):
        pathlib.Path(v, f"m{i:03}.py").write_text(f"from m{i-1:03} import X, f\nSTATE = {{}}\nY{i} = X + {i}\ndef g(): return X, f(), Y{i}\n")
import importlib
for i in range(200):
    importlib.import_module(f"m{i:03}")
import m199, m100
assert m199.g() == (1, 1, 200)
m100.STATE["a"] = 1
swap(timeout=15)
assert m199.g() == (2, 2, 201) and m100.STATE == {"a": 1} and m100.Y100 == 102
