import app
held = {"status": app.S.OLD}
assert refused(), "a member that is in use was removed"
assert [m.name for m in app.S] == ["A", "OLD"] and held["status"] is app.S.OLD is app.S(2) and app.f() == 1
