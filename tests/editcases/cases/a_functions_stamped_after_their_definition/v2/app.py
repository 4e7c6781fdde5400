LIMIT = 3
calls = []


def fetch(count=2):
    """Get {} rows."""
    return count, 'new'


fetch.__doc__ = fetch.__doc__.format(LIMIT)
fetch.__annotations__["count"] = int
fetch.calls = 0


def listed():
    """Get"""
    return 'new'


listed.__doc__ += " of all"


class Store:
    def get(self, key=2):
        """Get"""
        return key, 'new'

    def put(self):
        """Get"""
        return 'new'


Store.get.__doc__ = "Stamped."
Store.get.__annotations__["key"] = str
Store.put.__defaults__ = None
