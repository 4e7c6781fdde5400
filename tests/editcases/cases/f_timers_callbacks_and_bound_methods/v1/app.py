OUT = []
def tick(x): OUT.append(("v1", x))
class C:
    def done(self, task): OUT.append(("c1", task.result()))
