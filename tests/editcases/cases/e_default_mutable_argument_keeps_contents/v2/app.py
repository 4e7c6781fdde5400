def remember(x, seen=[]):
    seen.append(x)
    return "v2", list(seen)
