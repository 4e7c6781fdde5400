__all__ = ["one", "LIMIT", "old"]
LIMIT = 1
def one():
    return 1
def old():
    return "old"
def hidden():
    return 0
