import inspect

import scoped
from session import Session

scope = scoped.Inner(Session())
held, put, kept = scope.put, scoped.Scoped.put.__doc__, scoped.Scoped.kept
kept.append(1)


def holds(parameters, text, told):
    assert type(scope) is scoped.Inner and scoped.Scoped in scoped.Inner.__mro__
    assert list(inspect.signature(scope.get).parameters) == parameters
    assert scoped.Scoped.get.__doc__ == text
    assert scope.get("k") == told
    assert scope.put("k", 1) == held("k", 1) == ("put", "k", 1) and scoped.Scoped.put.__doc__ == put
    assert scoped.Scoped.kept is kept == [1]


old = ["key"], "Gets a key. (a proxy)", ("get", "k")
new = ["key", "missing"], "Gets a key, or what is missing. (a proxy)", ("get", "k", None)
holds(*old)
swap()
holds(*new)
undo()
holds(*old)
swap()
holds(*new)
swap(to="v1")
holds(*old)
