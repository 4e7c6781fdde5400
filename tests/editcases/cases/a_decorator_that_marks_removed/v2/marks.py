PUBLIC = []
def public(f):
    f.public = True
    return f
def limit(n):
    def deco(f):
        f.limit = n
        return f
    return deco
