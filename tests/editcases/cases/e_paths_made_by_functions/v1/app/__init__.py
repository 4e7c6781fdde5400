import sys
from pathlib import Path


def root():
    return Path(__file__).parent


class Loader:
    def __init__(self):
        self.root = root()


ROOT = root()
LOADER = Loader()
_file = None


def _place():
    global _file
    _file = _file or sys._getframe().f_code.co_filename
    return _file


def _checker():
    place = _place()

    def check():
        return sys._getframe().f_code.co_filename == place

    return check


is_own_code = _checker()


def number():
    return 1
