
import app
o = app.o; l = app.build(); conf = o.conf
swap()
assert o.flip() is app.Outer.State.OFF and conf.sum() == "1b" and isinstance(conf, app.Outer.Conf) and app.build().f() == 2 and l.f() == 2
