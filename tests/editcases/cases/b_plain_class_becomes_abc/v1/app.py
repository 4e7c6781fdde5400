class Store:
    def get(self):
        return None
class Memory(Store):
    def get(self):
        return 1
