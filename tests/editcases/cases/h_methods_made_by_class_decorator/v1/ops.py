from proxies import Operations


@Operations.register("add")
@Operations.reverses("add")
class Add:
    @classmethod
    def add(cls, operations, name):
        """Adds a name."""
        return ("add", name)

    @classmethod
    def reverse(cls):
        return "drop 1"


@Operations.register("drop")
@Operations.reverses("drop")
class Drop:
    @classmethod
    def drop(cls, operations, name):
        """Drops a name."""
        return ("drop", name)

    @classmethod
    def reverse(cls):
        return "add"
