from registry import AREAS, SHAPES


class Shape:
    sides = 0


class Marked(Shape):
    marked = True


@SHAPES.takes("circle")
class Circle(Shape):
    pass


@SHAPES.takes("square")
@AREAS.takes("square", of="area")
class Square(Shape):
    @classmethod
    def area(cls, side):
        return side * side


def rounded(function):
    function.rounded = True
    return function


@AREAS.takes("circle")
def circle_area(radius):
    return 3 * radius * radius


AREAS.takes("alias")(Square)
SHAPES.takes("last")(Circle)
