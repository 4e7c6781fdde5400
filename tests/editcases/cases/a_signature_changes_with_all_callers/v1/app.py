def send(who, text): return f"{who}:{text}"
