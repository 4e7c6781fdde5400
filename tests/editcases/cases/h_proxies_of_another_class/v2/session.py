class Session:
    def get(self, key, missing=None):
        """Gets a key, or what is missing."""
        return ("get", key, missing)

    def put(self, key, value):
        """Puts a value."""
        return ("put", key, value)
