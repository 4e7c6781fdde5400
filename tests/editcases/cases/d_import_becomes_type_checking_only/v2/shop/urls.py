import typing

if typing.TYPE_CHECKING:
    from .config import proxy


class URL:
    def f(self):
        return 2


TABLE = {"url": URL}
