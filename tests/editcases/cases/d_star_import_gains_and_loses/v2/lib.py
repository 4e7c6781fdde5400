__all__ = ["one", "LIMIT", "new"]
LIMIT = 2
def one():
    return 11
def new():
    return "new"
def hidden():
    return 0
