import inspect

import op, ops
from proxies import DONE, Operations

Add, current, done = ops.Add, op.current, DONE


def holds(signature, text, told, reverse):
    assert ops.Add is Add and op.current is current
    assert list(inspect.signature(Operations.add).parameters) == signature
    assert Operations.add.__doc__ == op.add.__doc__ == text
    assert Add.add.__doc__ == "Stands behind Operations.add."
    assert current.add("x") == op.add("x") == told
    assert list(done) == ["add", "drop"] and done["add"]() == Add.reverse() == reverse
    assert done["add"].__self__ is Operations.add.__globals__["op"] is Add
    assert current.drop("x") == op.drop("x") == ("drop", "x")


old = ["self", "name"], "Adds a name.", ("add", "x"), "drop 1"
new = ["self", "title"], "Adds a title.", ("add", "x!"), "drop 2"
holds(*old)
swap()
holds(*new)
undo()
holds(*old)
swap()
holds(*new)
swap(to="v1")
holds(*old)
