def on(event):
    def mark(function):
        function.event = event
        return function

    return mark


class Gathering:
    def __init_subclass__(cls):
        super().__init_subclass__()
        cls.handlers = {
            value.event: value
            for base in reversed(cls.__mro__)
            for value in vars(base).values()
            if hasattr(value, "event")
        }


class Widget(Gathering):
    @on("open")
    def opened(self):
        return "opened 1"


class Button(Widget):
    @on("press")
    def pressed(self):
        return "pressed 1"


LIVE = Button()
