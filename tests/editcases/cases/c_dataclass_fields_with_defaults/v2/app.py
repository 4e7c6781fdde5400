from dataclasses import dataclass, field
@dataclass
class User:
    name: str
    tags: list = field(default_factory=list)
    lang: str = "en"
    seen: dict = field(default_factory=dict)
    quiet: bool = field(default=False, kw_only=True)
    def f(self):
        return 2
@dataclass
class Admin(User):
    level: int = 1
