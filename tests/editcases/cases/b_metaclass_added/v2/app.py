class Meta(type):
    def __len__(cls):
        return 42
class Thing(metaclass=Meta):
    def f(self):
        return 2
