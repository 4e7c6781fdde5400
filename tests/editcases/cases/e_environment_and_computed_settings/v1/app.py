import os
HOST = os.environ.get("EDITCASE_HOST", "local")
class Settings:
    def __init__(self):
        self.host = HOST
        self.port = int(os.environ.get("EDITCASE_PORT", "80"))
settings = Settings()
