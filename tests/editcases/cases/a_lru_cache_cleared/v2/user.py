from app import f, g
TABLE = {"f": f}
