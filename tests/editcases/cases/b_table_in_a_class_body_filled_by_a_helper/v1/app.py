class Machine:
    handlers = {}

    def on(table, name):
        def decorator(function):
            table[name] = function
            return function

        return decorator

    @on(handlers, "start")
    def start(self):
        return "start", 1

    @on(handlers, "stop")
    def stop(self):
        return "stop", 1

    del on
    names = sorted(handlers)
    size = 1

    def fire(self):
        return [self.handlers[name](self) for name in self.names], self.size
