def first():
    return "one"
def second():
    return "two"
