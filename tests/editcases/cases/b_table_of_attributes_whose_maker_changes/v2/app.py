from options import Config, Option, scripts


class Settings(Config):
    path = Option("/")
    extra = scripts()

    def values(self):
        return {name: get() for name, get in self._getters.items()}
