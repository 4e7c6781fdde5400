import app

held = [app.chain(1, 2, 3)]
assert held[0].total() == 6 and app.HEAD.total() == 3
swap()
assert held[0].total() == 36 and app.HEAD.total() == 23, held[0].total()
assert type(held[0]) is type(held[0].next.next) is app.Node
swap("v1")
assert held[0].total() == 6 and app.HEAD.total() == 3
assert type(held[0]) is type(held[0].next.next) is app.Node
