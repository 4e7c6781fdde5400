import orm
class User(orm.Model):
    __table__ = "users"
    def f(self): return 1
