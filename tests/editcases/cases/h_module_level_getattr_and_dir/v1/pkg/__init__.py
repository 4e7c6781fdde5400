def __getattr__(name):
    if name == "lazy": return "v1"
    raise AttributeError(name)
def __dir__(): return ["lazy"]
