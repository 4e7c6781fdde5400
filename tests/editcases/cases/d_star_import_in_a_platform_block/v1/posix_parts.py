def which():
    return 1
