from dataclasses import dataclass
@dataclass
class U:
    name: str
    mail: str
    def f(self):
        return self.mail
def other():
    return 2
