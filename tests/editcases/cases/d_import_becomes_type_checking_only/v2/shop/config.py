import typing

if typing.TYPE_CHECKING:
    from .urls import URL


def proxy(url):
    return None
