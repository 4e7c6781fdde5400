OUT = []
def tick(x): OUT.append(("v2", x))
class C:
    def done(self, task): OUT.append(("c2", task.result()))
