def name():
    return "tools"
