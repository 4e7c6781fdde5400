class Meta(type):
    def __len__(cls):
        return 42
class Thing:
    def f(self):
        return 1
