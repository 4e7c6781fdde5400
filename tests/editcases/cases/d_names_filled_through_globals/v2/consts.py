import signal

globals().update({n: getattr(signal, n) for n in dir(signal) if n.startswith("SIG")})
