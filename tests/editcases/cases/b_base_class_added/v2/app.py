class Mixin:
    def hello(self):
        return "hello", self.name
class Base:
    def __init__(self, name):
        self.name = name
class User(Mixin, Base):
    def f(self):
        return 2
class Admin(User):
    pass
