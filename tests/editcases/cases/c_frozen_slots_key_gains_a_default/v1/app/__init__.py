from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    number: int
    kind: str = "x"


NAMES = {Key(1): "one"}
