LIMIT = 3
calls = []


def fetch(count=1):
    """Fetch {} rows."""
    return count, 'old'


fetch.__doc__ = fetch.__doc__.format(LIMIT)
fetch.__annotations__["count"] = int
fetch.calls = 0


def listed():
    """Fetch"""
    return 'old'


listed.__doc__ += " of all"


class Store:
    def get(self, key=1):
        """Fetch"""
        return key, 'old'

    def put(self):
        """Fetch"""
        return 'old'


Store.get.__doc__ = "Stamped."
Store.get.__annotations__["key"] = str
