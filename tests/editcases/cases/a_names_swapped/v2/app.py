def second():
    return "one"
def first():
    return "two"
