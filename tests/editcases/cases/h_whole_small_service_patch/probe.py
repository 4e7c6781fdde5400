
import svc.api as api
from svc.store import store
store.add("zed"); store.add("amy"); routes = api.ROUTES
swap()
from svc.models import Role
store.add("root", Role.ADMIN)
assert api.ROUTES is routes and routes["/users"]() == ["amy:user", "root:admin", "zed:user"] and routes["/admins"]() == ["root:admin"]
assert routes["/v"]() == "1.0.1" and store._log == ["root"] and store.all()[0].tags == []
undo()
assert sorted(routes) == ["/users", "/v"] and routes["/v"]() == "1.0"
