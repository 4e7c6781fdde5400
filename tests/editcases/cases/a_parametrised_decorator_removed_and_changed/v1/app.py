
REG = {}
def route(path, methods=("GET",)):
    def deco(f):
        REG[path] = (f, methods)
        return f
    return deco
@route("/a")
def a(): return "a"
@route("/b")
def b(): return "b"
