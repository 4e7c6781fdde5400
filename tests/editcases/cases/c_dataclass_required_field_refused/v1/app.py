from dataclasses import dataclass
@dataclass
class U:
    name: str
    def f(self):
        return self.name
def other():
    return 1
