class Manager:
    def __init__(self): self.rooms = {}
    def join(self, room, ws): self.rooms.setdefault(room, set()).add(ws)
    async def broadcast(self, room, text):
        for ws in self.rooms.get(room, ()):
            await ws("v1:" + text)
manager = Manager()
