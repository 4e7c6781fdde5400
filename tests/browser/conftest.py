"""A running example, and chromium to look at it with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from example_app.serving import Service

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# Quiet: without these, chromium looks for its maker's servers at every start.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Not for the whole session: while playwright is open, no other event loop can run in this thread.
@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's chromium with an empty profile of its own; without it the test is skipped, loudly."""
    if CHROMIUM is None:
        pytest.skip("THE BROWSER TEST DID NOT RUN: no chromium here; install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of all the example's releases."""
    folder = tmp_path_factory.mktemp("built")
    Service(folder).build()
    return folder / "wheels"


@pytest.fixture
def service(built: Path, tmp_path: Path) -> Iterator[Service]:
    """The example's base, serving, with every later release in its store."""
    service = Service(tmp_path)
    shutil.copytree(built, service.wheels)
    service.unpack()
    with service:
        yield service
