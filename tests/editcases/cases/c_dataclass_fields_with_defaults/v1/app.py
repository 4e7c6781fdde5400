from dataclasses import dataclass, field
@dataclass
class User:
    name: str
    tags: list = field(default_factory=list)
    def f(self):
        return 1
@dataclass
class Admin(User):
    level: int = 1
