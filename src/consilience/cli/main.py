"""The program `consilience`: every command, and how it ends.

Exit codes: 0 done; 1 a defect of ours; 2 to 7 as in `errors`; 8 something would be left out (`check --strict`) or was
refused (`decide`); 130 broken off with Ctrl-C.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import nullcontext
from typing import NoReturn

import typer

from consilience.casework.waits import saying_waits
from consilience.cli import (
    bundle_commands,
    case_commands,
    keys_commands,
    ledger_commands,
    measure_commands,
    people_commands,
    release_commands,
    report_commands,
    vault_commands,
)
from consilience.cli.app import app
from consilience.errors import ConsilienceError, ExhibitDamaged, LedgerDamaged, SealBroken

__all__ = ["COMMANDS", "DEFECT", "INTERRUPTED", "app", "main"]

COMMANDS = (
    case_commands,
    report_commands,
    release_commands,
    bundle_commands,
    vault_commands,
    ledger_commands,
    people_commands,
    keys_commands,
    measure_commands,
)
"""Each registers its commands with `app` when it is imported; help lists them in this order."""

_ORDER = {module.__name__: place for place, module in enumerate(COMMANDS)}
# Whichever of them was imported first, help and the reference are the same.
app.registered_commands.sort(key=lambda command: _ORDER[command.callback.__module__] if command.callback else 0)
app.registered_groups.sort(key=lambda group: str(group.name))

_OF_WHAT_IS_KEPT = (ExhibitDamaged, LedgerDamaged, SealBroken)
_LOOK = (
    "\n  consilience vault check CASE --read-data lists all that is damaged and what rests on it;"
    "\n  consilience vault repair CASE --from URL brings back what a replica holds."
)

DEFECT = 1
INTERRUPTED = 130


def main() -> NoReturn:
    """The program: runs a command and exits with its code. Errors of ours are printed as what, where and what to do. A
    wait for another run is said on stderr, but to a program, which asks for JSON.
    """
    debug, is_for_program = "--debug" in sys.argv[1:], "--json" in sys.argv[1:]
    try:
        with nullcontext() if is_for_program else saying_waits(lambda line: typer.echo(line, err=True)):
            app(prog_name="consilience")
    except ConsilienceError as err:
        look = _LOOK if isinstance(err, _OF_WHAT_IS_KEPT) else ""
        _fail(err, f"{err}{look}", err.exit_code, debug)
    except (KeyboardInterrupt, SystemExit) as err:  # Typer turns the former into the latter
        if isinstance(err, SystemExit) and err.code != INTERRUPTED:
            raise
        _fail(err, "broken off; what was there before is as it was", INTERRUPTED, debug)
    except Exception as err:  # noqa: BLE001  (the outermost loop: whatever else comes is a defect, said as such)
        what = f"this is a defect of Consilience, not of the case: {type(err).__name__}: {err}"
        _fail(
            err,
            f"{what}\n  What to do: run again with --debug before the command and report what it prints.",
            DEFECT,
            debug,
        )
    sys.exit(0)


def _fail(err: BaseException, message: str, code: int, debug: bool) -> NoReturn:
    if debug:
        traceback.print_exception(err)
    typer.echo(f"consilience: {message}", err=True)
    sys.exit(code)
