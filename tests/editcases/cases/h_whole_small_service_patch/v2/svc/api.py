from svc.store import store
from svc import __version__
ROUTES = {}
def route(p):
    def d(f): ROUTES[p] = f; return f
    return d
@route("/users")
def users(): return [u.label() for u in store.all()]
@route("/admins")
def admins(): return [u.label() for u in store.all() if u.role.value == "admin"]
@route("/v")
def v(): return __version__
