FIELDS = {}


class Field:
    def __init__(self, default):
        self.default = default

    def __set_name__(self, owner, name):
        FIELDS.setdefault(owner.__name__, {})[name] = self

    def __get__(self, instance, owner):
        return self if instance is None else self.default


class Settings:
    host = Field("localhost")
    port = Field(8080)
    path = Field("/")
