class Base:
    @property
    def name(self): return "base"
    def hello(self): return "hi " + self.name
