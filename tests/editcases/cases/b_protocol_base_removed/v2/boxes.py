class Box:
    size = 1

    def shown(self):
        return f"new {self.size}"


box = Box()
