import inspect
import app
held = app.run
swap()
for run in (held, app.run):
    assert run(1) == ("w", (1, 2)), run(1)
    assert run.__doc__ == "New.", run.__doc__
    assert str(inspect.signature(run)) == "(a, b: int = 2)"
    assert run.__wrapped__(1) == (1, 2) and run.__annotations__ == {"b": int}
