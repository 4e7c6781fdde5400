from svc.models import User
class Store:
    def __init__(self): self._users = {}
    def add(self, name): self._users[name] = User(name); return self._users[name]
    def all(self): return list(self._users.values())
store = Store()
