import late

assert refused() and late.VERSION == "1.0" and late.shown() == "old"
raised = ""
try:
    swap()
except SwapError as error:
    raised = str(error)
assert "late has put another object in its place in sys.modules" in raised
