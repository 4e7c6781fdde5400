HERE = locals()
for _n in ("f",):
    HERE[_n] = _n
