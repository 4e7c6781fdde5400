class Manager:
    def __init__(self):
        self.rooms = {}
        self.history = []
    def join(self, room, ws): self.rooms.setdefault(room, set()).add(ws)
    async def broadcast(self, room, text):
        self.history.append(text)
        for ws in list(self.rooms.get(room, ())):
            await ws("v2:" + text)
manager = Manager()
