import app

one = app.Settings(debug=True, features={"speech": True})
copy = one.model_copy()
swap()
assert app.SETTINGS.model_dump(exclude_unset=True) == {"features": {"language": "de"}}
assert one.model_fields_set == copy.model_fields_set == {"features"}
assert one.features.model_fields_set == set()
assert one == app.Settings(features=app.Features())
undo()
assert one.model_fields_set == {"debug", "features"} and one.features.model_fields_set == {"speech"}
assert app.SETTINGS.model_fields_set == {"debug", "features"}
