from app import Plain
class Sub(Plain):
    def g(self):
        return super().f()
KINDS = {"plain": Plain, "sub": Sub}
