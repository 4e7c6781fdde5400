from .inner import numbers


def number():
    return numbers.NUMBER * 1
