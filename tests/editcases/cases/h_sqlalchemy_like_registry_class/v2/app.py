import orm
class User(orm.Model):
    __table__ = "users"
    def f(self): return 2
    @property
    def g(self): return 3
