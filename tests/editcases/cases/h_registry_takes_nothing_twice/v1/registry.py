class Registry:
    def __init__(self):
        self.entries = {}

    def takes(self, key, of=None):
        def decorate(made):
            if key in self.entries:
                raise RuntimeError(f"{key} is taken")
            self.entries[key] = made if of is None else getattr(made, of)
            return made

        return decorate


SHAPES = Registry()
AREAS = Registry()
