from deco import tag
@tag
def run(a):
    """Old."""
    return a
