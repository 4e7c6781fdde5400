def run():
    def inner(): return "bare"
    return inner()
