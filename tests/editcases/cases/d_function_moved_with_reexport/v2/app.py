from helpers import work
TABLE = {"work": work}
