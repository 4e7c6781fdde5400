import old_style

swap()
assert old_style.answer() == old_style.wrapped() == "new" and old_style.added() == "x"
assert old_style.added.__annotations__ == {"text": "Later", "return": "Later"}
