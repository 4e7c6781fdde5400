import b
V = b.b.f()
