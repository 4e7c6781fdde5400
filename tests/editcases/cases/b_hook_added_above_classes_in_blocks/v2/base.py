import weakref


class Base:
    instances: weakref.WeakValueDictionary

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        cls.instances = weakref.WeakValueDictionary()
        cls.tag = cls.__name__.lower()

    def f(self):
        return self.tag
