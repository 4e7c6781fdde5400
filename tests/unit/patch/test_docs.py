"""Docstrings that code wrote, and docstrings that were copied, after a patch of what they document."""

from __future__ import annotations

import pytest

from .conftest import Releases

STAMPED = '''
class Load:
    def only(self, attr):
        """Loads only this."""
        return attr


def documented(fn):
    bound = getattr(Load, fn.__name__)
    text, bound.__doc__ = bound.__doc__, f"See {fn.__name__}()."
    fn.__doc__ = text
    return fn


@documented
def only(attr):
    return Load().only(attr)
'''

DECORATED = '''
def deprecated(fn):
    fn.__doc__ = "Deprecated. " + fn.__doc__
    return fn


@deprecated
def total(items):
    """Adds up."""
    return sum(items)
'''


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (("self, attr)", "self, attr, chain=None)"), "Loads only this."),
        (("return attr", "return [attr]"), "Loads only this."),
        (("Loads only", "Reads only"), "Reads only this."),
    ],
    ids=["signature", "body", "docstring"],
)
def test_what_code_wrote_over_a_docstring_stays(
    releases: Releases, change: tuple[str, str], text: str
) -> None:
    """The method keeps the text that it was given; the function that has its docstring follows that."""
    live = releases.load(STAMPED)
    patch = live.patch(STAMPED.replace(*change))
    assert (live.module.Load.only.__doc__, live.module.only.__doc__) == ("See only().", text)
    patch.undo()
    assert live.module.Load.only.__doc__ == "See only()."
    assert live.module.only.__doc__ == "Loads only this."


def test_a_text_that_a_decorator_added_to_a_docstring_stays(releases: Releases) -> None:
    """The decorator does not run again, and what it has written is not lost."""
    live = releases.load(DECORATED)
    live.patch(DECORATED.replace("total(items)", "total(items, start=0)"))
    assert live.module.total.__doc__ == "Deprecated. Adds up."


def test_a_docstring_that_nobody_wrote_over_goes_with_its_text(releases: Releases) -> None:
    """A docstring that the new release does not have is gone."""
    live = releases.load('def f():\n    """One."""\n    return 1\n')
    live.patch("def f(x=1):\n    return x\n")
    assert live.module.f.__doc__ is None
