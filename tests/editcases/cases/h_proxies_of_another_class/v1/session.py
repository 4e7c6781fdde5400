class Session:
    def get(self, key):
        """Gets a key."""
        return ("get", key)

    def put(self, key, value):
        """Puts a value."""
        return ("put", key, value)
