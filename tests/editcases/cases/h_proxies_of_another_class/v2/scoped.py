from proxying import proxies_for
from session import Session


@proxies_for(Session, ["get", "put"])
class Scoped:
    kept = []

    def __init__(self, target):
        self.target = target


class Inner(Scoped):
    pass
