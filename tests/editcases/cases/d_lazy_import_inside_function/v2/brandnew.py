from lib import LIMIT
x = LIMIT + 1
