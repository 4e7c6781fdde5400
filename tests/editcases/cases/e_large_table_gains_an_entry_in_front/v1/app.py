TABLE = {**{f"k{n}": n for n in range(300)}}
