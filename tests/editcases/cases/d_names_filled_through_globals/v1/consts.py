import signal

try:
    from signal import SIGINT, SIGTERM, SIG_OF_ANOTHER_SYSTEM
except ImportError:
    pass

globals().update({n: getattr(signal, n) for n in dir(signal) if n.startswith("SIG")})
