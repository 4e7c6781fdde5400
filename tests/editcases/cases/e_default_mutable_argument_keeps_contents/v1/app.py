def remember(x, seen=[]):
    seen.append(x)
    return "v1", list(seen)
