import weakref


class Base:
    instances: weakref.WeakValueDictionary = weakref.WeakValueDictionary()

    def f(self):
        return type(self).__name__
