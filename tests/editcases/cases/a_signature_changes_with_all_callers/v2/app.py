def send(text, *, to, loud=False): return f"{to}>{text}{'!' if loud else ''}"
