def on(event):
    def mark(function):
        function.event = event
        return function

    return mark


class Gathering(type):
    def __new__(meta, name, bases, namespace):
        cls = super().__new__(meta, name, bases, namespace)
        cls.handlers = {
            value.event: value
            for base in reversed(cls.__mro__)
            for value in vars(base).values()
            if hasattr(value, "event")
        }
        return cls


class Widget(metaclass=Gathering):
    @on("open")
    def opened(self):
        return "opened 2"

    @on("close")
    def closed(self):
        return "closed 2"


class Button(Widget):
    @on("press")
    def pressed(self):
        return "pressed 2"


LIVE = Button()
