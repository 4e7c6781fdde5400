HERE = locals()
for _n in ("f", "g"):
    HERE[_n] = _n
