try:
    import extra
    from extra import speed
    FAST = True
except ImportError:
    FAST = False
    def speed(): return "slow"
def go(): return FAST, speed()
