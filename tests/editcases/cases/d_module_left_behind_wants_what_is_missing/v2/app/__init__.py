def speed() -> int:
    return 2
