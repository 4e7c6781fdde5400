import registry, shapes

shapes_of, areas = registry.SHAPES.entries, registry.AREAS.entries
square, circle, plugged = shapes.Square(), shapes.Circle, object()
areas["plugged"] = plugged  # the running service put it there
order = list(shapes_of), list(areas)


def holds(marked, area):
    assert shapes_of is registry.SHAPES.entries and areas is registry.AREAS.entries
    assert (list(shapes_of), list(areas)) == order
    assert shapes_of["circle"] is shapes_of["last"] is circle is shapes.Circle
    assert shapes_of["square"] is areas["alias"] is shapes.Square is type(square)
    assert areas["square"](3) == square.area(3) == area[0] and areas["plugged"] is plugged
    assert areas["square"].__self__ is shapes.Square
    assert areas["circle"] is shapes.circle_area and shapes.circle_area(2) == area[1]
    assert issubclass(shapes.Square, shapes.Marked) is marked
    assert hasattr(shapes.circle_area, "rounded") is marked


holds(False, (9, 12))
swap()
holds(True, ("9 by Square", "3 * 2^2"))
undo()
holds(False, (9, 12))
swap()
holds(True, ("9 by Square", "3 * 2^2"))
swap(to="v1")
holds(False, (9, 12))
