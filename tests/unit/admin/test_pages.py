"""The reference pages say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import click

from upward_asgi import errors
from upward_asgi.admin.problems import status_of
from upward_asgi.cli.application import upward
from upward_asgi.errors import UpwardError

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def classes() -> dict[str, type[UpwardError]]:
    found = (getattr(errors, name) for name in errors.__all__)
    return {cls.code: cls for cls in found if isinstance(cls, type) and issubclass(cls, UpwardError)}


def sections(page: str) -> dict[str, str]:
    """Every section below a heading that is a code, by that code."""
    parts = re.split(r"^#{2,3} (.+)$", (REFERENCE / page).read_text("utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_error_has_its_section_and_no_other_code_has_one() -> None:
    """The code is the anchor, and the section names the class."""
    found = {head: text for head, text in sections("errors.md").items() if re.fullmatch(r"[a-z_]+", head)}
    assert found.keys() == classes().keys()
    for code, cls in classes().items():
        assert f"`{cls.__name__}`." in found[code], code


def test_the_statuses_on_the_page_are_the_real_ones() -> None:
    """A section that gives an HTTP status gives that of its class."""
    for code, text in sections("errors.md").items():
        given = re.findall(r"HTTP (\d{3})", text)
        if code in classes() and code != "bad_request" and given:
            error = (cls := classes()[code]).__new__(cls)
            assert {int(status) for status in given} == {status_of(error)}, code


def test_every_command_and_option_is_on_the_page() -> None:
    """Nothing that `--help` shows is missing from the reference."""
    page = (REFERENCE / "cli.md").read_text("utf-8")
    for name, command in upward.commands.items():
        assert f"upward {name}" in page, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in page, f"{name} {parameter.opts[0]}"


def test_every_call_is_on_the_page() -> None:
    """The table of calls is complete."""
    import inspect

    from upward_asgi.admin.api import AdminApp

    page = (REFERENCE / "admin-api.md").read_text("utf-8")
    calls = re.findall(r'"(/\w+)": \{"(GET|POST)"', inspect.getsource(AdminApp.__init__))
    assert len(calls) > 10
    for path, method in calls:
        assert f"`{method} {path}" in page, path
