HANDLERS = {}
ORDER = []
def on(kind):
    def deco(f):
        HANDLERS[kind] = f
        ORDER.append(kind)
        return f
    return deco
