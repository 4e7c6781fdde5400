from options import Config, Option, scripts, sub


class Settings(Config):
    path = Option("/")
    extra = scripts()
    links = sub(1)

    def values(self):
        return {name: get() for name, get in self._getters.items()}
