import a
def g() return a.f()
