from .api import get, Client

__all__ = ["get", "Client"]
_here = locals()
for _name in __all__:
    setattr(_here[_name], "__module__", "shop")
