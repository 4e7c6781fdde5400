ROUTES = {}
ROUTES["a"] = 1
ROUTES.update(b=2)
CODES = {1: "one"}
for n in (2, 3):
    CODES[n] = str(n)
