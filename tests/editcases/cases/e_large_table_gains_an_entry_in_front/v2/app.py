TABLE = {"first": 0, **{f"k{n}": n for n in range(300)}}
