def speed() -> int:
    return 1
