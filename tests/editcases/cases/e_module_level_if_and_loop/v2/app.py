import contextlib
DEBUG = True
if DEBUG:
    def log(x): return "debug", x
    LEVEL = 10
else:
    def log(x): return "quiet"
try:
    SIZE = int("five")
except ValueError:
    SIZE = -1
with contextlib.suppress(KeyError):
    FOUND = {"a": 1}["b"]
total = 0
while total < 5:
    total += 1
