"""Actions of three, two or one parameter: which, is tried. An error of the action itself is not swallowed."""

import traceback

_here = None
_NOTE = """More lines
before the call."""


def fitted(action):
    global _here
    dropped, known = 0, False
    _here = _here or traceback.extract_stack(limit=2)[-1]
    place = (_here.filename, _here.lineno + 7)

    def fit(*arguments):
        nonlocal dropped, known
        while True:
            try:
                result = action(*arguments[dropped:])
            except TypeError as error:
                at = traceback.extract_tb(error.__traceback__, limit=2)[-1]
                if known or (at.filename, at.lineno) != place or dropped == 2:
                    raise
                dropped += 1
            else:
                known = True
                return result

    return fit


def version():
    return 2
