"""The command `upward` and its subcommands, each in its own module. Nothing heavy is imported here."""

from __future__ import annotations

import click

from .. import __version__
from .build import build
from .check import check
from .operations import downgrade, install, upgrade
from .plan import plan
from .run import run
from .state import permanent, releases, sessions, status, unpack

__all__ = ["upward"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="upward")
@click.option("--debug", is_flag=True, help="Show the traceback of an error (also: UPWARD_DEBUG=1).")
def upward(debug: bool) -> None:
    """Patch releases for live ASGI services: new code in the running process, sessions kept.

    Exit status: 0 done, 1 error, 2 refused.
    """


for _command in (
    run,
    build,
    unpack,
    plan,
    check,
    releases,
    status,
    upgrade,
    downgrade,
    install,
    permanent,
    sessions,
):
    upward.add_command(_command)
