import dataclasses


@dataclasses.dataclass(order=True)
class Client:
    a: int = 1
    b: int = 2
