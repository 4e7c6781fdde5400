class Stop(Exception):
    code = 1
