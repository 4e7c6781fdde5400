"""Modules that put another object in their place in `sys.modules` are refused by that name."""

from __future__ import annotations

import pytest

from upward_asgi.errors import NotHot

from .conftest import Releases

BARE = """
import sys
from types import ModuleType
VERSION = "1"
made = ModuleType(__name__)
made.__dict__.update(__file__=__file__, VERSION=VERSION)
sys.modules[__name__] = made
"""
LIKE_IMPORTED = f"""
def helper(): return VERSION
{BARE}
made.__spec__, made.helper = __spec__, helper
"""


@pytest.mark.parametrize("source", [BARE, LIKE_IMPORTED], ids=["without a spec", "with a function"])
def test_a_statement_would_run_in_another_namespace(releases: Releases, source: str) -> None:
    """The reason names what the module did, not the name that its statements would have missed."""
    live = releases.load(source)
    with pytest.raises(NotHot, match="has put another object in its place") as refused:
        live.patch(source.replace('"1"', '"2"'))
    assert [reason.code for reason in refused.value.reasons] == ["replaced_module"]
    assert live.module.VERSION == "1"
