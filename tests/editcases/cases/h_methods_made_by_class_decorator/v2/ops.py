from proxies import Operations


@Operations.register("add")
@Operations.reverses("add")
class Add:
    @classmethod
    def add(cls, operations, title):
        """Adds a title."""
        return ("add", title + "!")

    @classmethod
    def reverse(cls):
        return "drop 2"


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
