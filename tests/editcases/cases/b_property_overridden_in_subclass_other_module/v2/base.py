class Base:
    @property
    def name(self): return "BASE"
    @name.setter
    def name(self, v): self._n = v
    def hello(self): return "hello " + self.name
