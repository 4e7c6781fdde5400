class Mixin:
    def hello(self):
        return "hello", self.name
class Base:
    def __init__(self, name):
        self.name = name
class User(Base):
    def f(self):
        return 1
class Admin(User):
    pass
