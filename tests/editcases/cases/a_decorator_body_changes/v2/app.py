from deco import tag
@tag
def run(x):
    return x
class C:
    @tag
    def m(self, x):
        return x
