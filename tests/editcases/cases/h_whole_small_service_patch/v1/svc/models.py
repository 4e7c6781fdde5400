from dataclasses import dataclass, field
import enum
class Role(enum.Enum):
    USER = "user"
@dataclass
class User:
    name: str
    role: Role = Role.USER
