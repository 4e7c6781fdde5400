"""How a command ends that does not end well: one clear paragraph or one JSON document, no traceback."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import InternalError, Refused, UpwardError
from .exit_status import ERROR, REFUSED

if TYPE_CHECKING:
    import click

__all__ = ["guarded"]


def guarded(arguments: Sequence[str]) -> int:
    """Run the command line; whatever it raises becomes a message and an exit status."""
    import click

    from .application import upward

    as_json = "--json" in arguments
    try:
        status = upward.main(args=list(arguments), prog_name="upward", standalone_mode=False)
    except UpwardError as error:
        _debug(arguments)
        return _tell(error, as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ERROR
    except click.ClickException as error:
        return _tell_usage(error, as_json)
    except (KeyboardInterrupt, click.Abort):
        click.echo("upward: interrupted", err=True)
        return ERROR
    except BrokenPipeError:
        # Whoever read the output has gone; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except Exception as error:
        _debug(arguments)
        return _tell(_our_bug(error), as_json)
    return status if isinstance(status, int) else 0


def _debug(arguments: Sequence[str]) -> None:
    if "--debug" in arguments or os.environ.get("UPWARD_DEBUG"):
        traceback.print_exc()


def _our_bug(error: Exception) -> InternalError:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return InternalError(
        expected="the command to end or to say why not",
        got=f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})",
        do="run it again with UPWARD_DEBUG=1 to see the traceback, and report it as a bug",
    )


def _tell(error: UpwardError, as_json: bool) -> int:
    from ..admin.problems import error_to_json

    _print(error_to_json(error), str(error), error.code, as_json)
    return REFUSED if isinstance(error, Refused) else ERROR


def _tell_usage(error: click.ClickException, as_json: bool) -> int:
    import click

    context = getattr(error, "ctx", None)
    name = context.command_path if isinstance(context, click.Context) else "upward"
    fields: dict[str, object] = {
        "code": "usage",
        "expected": f"what `{name} --help` shows",
        "got": error.format_message(),
        "do": f"run `{name} --help`",
        "message": error.format_message(),
    }
    _print(fields, f"{error.format_message()} Run `{name} --help`.", "usage", as_json)
    return ERROR


def _print(fields: dict[str, object], text: str, code: str, as_json: bool) -> None:
    import click

    if as_json:
        click.echo(json.dumps({"error": fields}, indent=2, default=str))
        return
    lines = f"upward: {text} [{code}]".splitlines()
    wrapped = [textwrap.fill(x, 100, subsequent_indent="  ", break_on_hyphens=False) for x in lines]
    click.echo("\n".join(wrapped), err=True)
