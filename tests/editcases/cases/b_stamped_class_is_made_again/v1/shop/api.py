import dataclasses


@dataclasses.dataclass
class Client:
    a: int = 1
