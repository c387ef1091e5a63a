"""The application that commands register with, and what they share: options, progress, printing.

Results go to stdout; progress and errors to stderr: bars on a terminal, elsewhere a line as each long stage begins.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from consilience.version import __version__

if TYPE_CHECKING:
    from rich.table import Table

    from consilience.casework.batches import Progress
    from consilience.records.left_out import LeftOut, Tell

PIPED_WIDTH = 160
"""Columns when nobody looks at a terminal: wide enough that no table is folded."""

LONG: Mapping[str, int] = {
    "preserve": 1000, "seal": 100, "tracks": 20, "weigh": 4, "placebo": 4, "build": 1, "report": 2, "bundle": 50,
    "worlds": 1, "attacks": 1, "check": 1000, "copy": 1000, "repair": 100,
}  # fmt: skip
"""From how many steps on a stage is long enough to be told where nobody sees a bar (our choice: some ten seconds)."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="The folder that holds case.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes to weigh with; the findings are the same for any number.")]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"consilience {__version__}")
        raise typer.Exit


@app.callback()
def consilience(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Corroborates evidence of attacks: when, how, by whom or by whom not decidable."""


def print_table(table: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH)
    console.print(table, markup=False)


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def telling_left_out(case: Path, first: str | None = None) -> Tell:
    """Says on stderr what the case was read without; rows of the table `first` before others."""
    from consilience.casework.terminal import left_out_lines

    def tell(left_out: tuple[LeftOut, ...]) -> None:
        for line in left_out_lines(left_out, case, first):
            typer.echo(line, err=True)

    return tell


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A bar for each stage on stderr, on a terminal; elsewhere a line as each stage begins, from a long one on."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _begun()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell


def _begun() -> Progress:
    """Tells on stderr, once for each, that a stage began: from the first one on that is long."""
    told: set[str] = set()

    def tell(stage: str, done: int, total: int) -> None:
        is_long = stage in LONG and total - done >= LONG[stage]
        if stage in told or done >= total or not (told or is_long):
            return
        told.add(stage)
        typer.echo(f"{stage}: {total - done} steps …" if total - done > 1 else f"{stage} …", err=True)

    return tell
