from base import ITEMS as items
from parts import EXTRA

items += EXTRA
LOCAL = [0]
LOCAL += EXTRA


def go():
    return items, LOCAL
