EXTRA = [3, 4]
