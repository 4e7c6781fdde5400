def go():
    from lib import helper
    return helper()
def late():
    return None
