import importlib
def __getattr__(name):
    if name == "lazy": return "v2"
    if name == "sub": return importlib.import_module("pkg.sub")
    raise AttributeError(name)
def __dir__(): return ["lazy", "sub"]
