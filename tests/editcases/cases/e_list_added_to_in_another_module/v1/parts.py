EXTRA = [2]
