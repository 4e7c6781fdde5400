import app
import registry
assert registry.call("one") == 1 and registry.call("two") is None and registry.show([]) == "any"
for _ in range(2):
    swap("v2")
    assert registry.call("two") == 2 and registry.register.order == ["one", "two"] and registry.register.count == 2
    assert registry.slotted.items == ["two", "three"] and len(registry.slotted.known) == 2
    assert registry.show([]) == "list"
    undo()
    assert registry.call("two") is None, "a table in a closure kept what the patch put there"
    assert registry.register.order == ["one"] and registry.register.count == 1
    assert registry.slotted.items == [] and len(registry.slotted.known) == 0
    assert registry.show([]) == "any" and list(registry.show.registry) == [object]
    assert registry.call("one") == 1 and not hasattr(app, "two")
