import os
HOST = os.environ.get("EDITCASE_HOST", "local")
TIMEOUT = int(os.environ.get("EDITCASE_TIMEOUT", "30"))
class Settings:
    def __init__(self):
        self.host = HOST
        self.port = int(os.environ.get("EDITCASE_PORT", "80"))
        self.timeout = TIMEOUT
settings = Settings()
