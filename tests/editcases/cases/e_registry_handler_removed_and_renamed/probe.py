import app, reg
h = reg.HANDLERS
h["ext"] = lambda: "ext"
now = lambda: {k: f() for k, f in h.items()}
if refused():
    assert now() == {"a": "a1", "gone": "gone", "old": "c1", "ext": "ext"}, now()
else:
    import reg
    assert reg.HANDLERS is h and now() == {"a": "a2", "new": "c2", "ext": "ext"}, now()
