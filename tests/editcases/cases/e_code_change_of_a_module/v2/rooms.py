class Rooms:
    def __init__(self, names):
        self.names = set(names)

    def __iter__(self):
        return iter(self.names)


rooms = Rooms(())


def enter(name):
    rooms.names.add(name)


def __code_change__(old_vsn, old_globals, extra):
    global rooms
    rooms = Rooms(old_globals["rooms"])
