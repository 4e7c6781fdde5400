from dataclasses import dataclass, field
import enum
class Role(enum.Enum):
    USER = "user"
    ADMIN = "admin"
@dataclass
class User:
    name: str
    role: Role = Role.USER
    tags: list[str] = field(default_factory=list)
    def label(self): return f"{self.name}:{self.role.value}"
