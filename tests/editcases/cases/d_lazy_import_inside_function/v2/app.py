def go():
    from lib import helper, LIMIT
    return helper(), LIMIT
def late():
    import brandnew
    return brandnew.x
