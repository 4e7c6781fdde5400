
import app
home = app.Home(pets=[{"kind": "cat"}])
swap()
h = app.Home.model_validate({"pets": [{"kind": "bird"}, {"kind": "cat", "name": "tom"}]})
assert isinstance(h.pets[0], app.Bird) and h.pets[1].name == "tom"
assert isinstance(home.pets[0], app.Cat) and home.pets[0].name == "?" and isinstance(home, app.Home)
assert type(app.ADAPTER.validate_python([{"kind": "bird"}])[0]) is app.Bird
