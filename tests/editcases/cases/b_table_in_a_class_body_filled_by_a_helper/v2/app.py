class Machine:
    handlers = {}

    def on(table, name):
        def decorator(function):
            table[name] = function
            return function

        return decorator

    @on(handlers, "stop")
    def stop(self):
        return "stop", 2

    @on(handlers, "tick")
    def tick(self):
        return "tick", 1

    @on(handlers, "wait")
    def wait(self):
        return "wait", 1

    del on
    names = sorted(handlers)
    size = 2

    def fire(self):
        return [self.handlers[name](self) for name in self.names], self.size
