"""What every test shares."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio; tests that concern uvloop too parametrize this fixture."""
    return "asyncio"
