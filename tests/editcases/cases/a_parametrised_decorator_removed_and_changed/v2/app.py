
REG = {}
def route(path, methods=("GET",)):
    def deco(f):
        REG[path] = (f, methods)
        return f
    return deco
@route("/a", methods=("GET", "POST"))
def a(): return "A"
@route("/c")
def c(): return "C"
