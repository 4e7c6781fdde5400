from deco import tag
@tag
def run(a, b: int = 2):
    """New."""
    return a, b
