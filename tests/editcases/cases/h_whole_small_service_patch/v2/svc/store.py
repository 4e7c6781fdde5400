from svc.models import Role, User
class Store:
    def __init__(self):
        self._users = {}
        self._log = []
    def add(self, name, role=Role.USER):
        self._users[name] = User(name, role)
        self._log.append(name)
        return self._users[name]
    def all(self): return sorted(self._users.values(), key=lambda u: u.name)
store = Store()
