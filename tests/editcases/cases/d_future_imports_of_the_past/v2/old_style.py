from __future__ import absolute_import, annotations, print_function, unicode_literals

import functools


def answer():
    return "new"


def added(text: Later = "x") -> Later:
    return text


@functools.wraps(answer)
def wrapped():
    return answer()
