from .api import Client

Client.__module__ = __name__
