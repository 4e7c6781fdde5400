from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    number: int
    kind: str = "x"
    level: int = 9


NAMES = {Key(1): "one"}
