class Rooms(dict):
    pass


ROOMS = Rooms()
