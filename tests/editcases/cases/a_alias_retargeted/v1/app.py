def old(x):
    return "old", x
def new(x):
    return "new", x
handler = old
