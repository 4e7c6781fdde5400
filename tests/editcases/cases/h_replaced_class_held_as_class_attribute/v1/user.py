class Channel:
    codec = None
    codecs = {}
    def go(self): return self.codec().f(), self.codecs["c"]().f()
class Sub(Channel): ...
