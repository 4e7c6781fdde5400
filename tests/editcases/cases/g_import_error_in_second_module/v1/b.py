from a import LIMIT
OK = LIMIT
