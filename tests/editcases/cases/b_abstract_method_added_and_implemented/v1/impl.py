from iface import Store
class Memory(Store):
    def get(self): return 1
