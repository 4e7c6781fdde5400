"""pytest fixtures. Switch them on in `conftest.py`: `pytest_plugins = ["upward_asgi.testing.plugin"]`.

Settings, under `[tool.pytest.ini_options]` or `[pytest]`:

- `upward_app`: the application, `package.module:attribute`;
- `upward_wheels`: the folder of wheels (default `dist`); the newest is tried after the one before it;
- `upward_recording`: the file of recorded sessions; or
- `upward_paths`: WebSocket paths, one fresh session each.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ..errors import ConfigurationError
from .checking import UpgradeCheck

__all__ = ["pytest_addoption", "upward_check"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings, as pytest knows them."""
    parser.addini("upward_app", "The ASGI application, as package.module:attribute.")
    parser.addini("upward_wheels", "The folder of wheels.", default="dist")
    parser.addini("upward_recording", "The file of recorded sessions.")
    parser.addini("upward_paths", "WebSocket paths to connect to.", type="linelist")


@pytest.fixture
def upward_check(pytestconfig: pytest.Config) -> UpgradeCheck:
    """Checks of the newest wheel, with the sessions that the settings name."""
    app = str(pytestconfig.getini("upward_app"))
    if not app:
        raise ConfigurationError(
            expected="the setting upward_app", got="none", do='write upward_app = "package.module:app"'
        )
    recording = str(pytestconfig.getini("upward_recording"))
    return UpgradeCheck.of_newest(
        app,
        pytestconfig.rootpath / Path(str(pytestconfig.getini("upward_wheels"))),
        recording=pytestconfig.rootpath / recording if recording else None,
        paths=pytestconfig.getini("upward_paths"),
    )
