import contextlib
DEBUG = False
if DEBUG:
    def log(x): return "debug", x
    LEVEL = 10
else:
    def log(x): return "quiet"
try:
    SIZE = int("5")
except ValueError:
    SIZE = 0
with contextlib.suppress(KeyError):
    FOUND = {"a": 1}["a"]
total = 0
while total < 3:
    total += 1
