from deco import tag
@tag
def run(x=1): return x
