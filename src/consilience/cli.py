"""The command line: `consilience new`, `check`, `run`, `show`, `whatif`, `schema`, `orbat`, `worlds make`,
`calibrate`, `power`.

Results go to stdout; progress (only on a terminal) and errors to stderr. Exit codes: 0 done; 1 a defect of ours; 2 to 7
as in `errors`; 8 `check --strict` found something that would be left out; 130 broken off with Ctrl-C.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from consilience.errors import ConsilienceError
from consilience.version import __version__

if TYPE_CHECKING:
    from rich.table import Table

    from consilience.casework.weighing import Progress

LEFT_OUT = 8
"""Exit code of `check --strict` where something would be left out."""

DEFECT = 1
INTERRUPTED = 130
PIPED_WIDTH = 160
"""Columns when nobody looks at a terminal: wide enough that no table is folded."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
worlds = typer.Typer(no_args_is_help=True, help="Simulated wars with known truth.", rich_markup_mode=None)
app.add_typer(worlds, name="worlds")

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


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """Write a template case: case.toml, every table with its header, a README that explains them."""
    from consilience.casework.new_case import create

    files = create(folder)
    typer.echo(
        f"{len(files)} files in {folder}. Read {folder / 'README.md'}, fill in tables, then: consilience check {folder}"
    )


@app.command()
def check(
    case: CaseFolder,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 8 if anything would be left out.")] = False,
) -> None:
    """Say what a run would leave out, and what it would note (an ambiguous place). Writes nothing."""
    from consilience.casework.check import check_case
    from consilience.casework.terminal import check_lines, rows_table

    checked = check_case(case)
    if as_json:
        _print_json(checked.as_json())
    else:
        typer.echo(f"{checked.title}: {checked.files} files, {checked.incidents} incidents")
        _show(rows_table(checked))
        typer.echo("\n".join(check_lines(checked)))
    if strict and not checked.is_clean:
        raise typer.Exit(LEFT_OUT)


@app.command()
def run(
    case: CaseFolder,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the outputs; CASE-findings beside the case if not given.")
    ] = None,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Keep, read, place, weigh and conclude; write findings, tables, map and report."""
    from consilience.casework.pipeline import run_case
    from consilience.casework.terminal import summary_table, totals_line

    with _progress() as progress:
        done = run_case(case, out, workers=workers, progress=progress)
    report = done.out / "report" / "index.html"
    if as_json:
        _print_json({"out": str(done.out), "report": str(report), **done.summary()})
        return
    _show(summary_table(done.findings, done.records.settings.zone))
    typer.echo(totals_line(done.findings))
    if done.findings["left_out"]:
        typer.echo(f"{done.findings['left_out']} left out: {done.out / 'left-out.csv'}")
    typer.echo(f"Report: {report}")


@app.command()
def show(
    case: CaseFolder,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="An incident_id.")],
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Show one incident: its findings in words and its evidence matrix."""
    from consilience.casework.api import Findings
    from consilience.casework.pipeline import find
    from consilience.casework.terminal import matrix_table

    with _progress() as progress:
        found = find(case, workers=workers, progress=progress)
    finding = Findings(found.findings, found.records.settings.zone).incident(incident)
    if as_json:
        _print_json(finding.block)
    else:
        typer.echo(finding.explain() + "\n")
        _show(matrix_table(finding.block))


@app.command()
def whatif(
    case: CaseFolder,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="An incident_id.")],
    without: Annotated[
        list[str] | None, typer.Option(metavar="SOURCE", help="A source to leave out; may be given again.")
    ] = None,
    assume: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Another value of an assumption; may be given again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show one incident's answer as it is, and without some sources or under other assumptions. Writes nothing."""
    from consilience.casework.terminal import whatif_table
    from consilience.casework.whatif import what_if

    asked = what_if(case, incident, without or (), assume or ())
    if as_json:
        _print_json(asked.as_json())
    else:
        _show(whatif_table(asked.rows()))


@app.command()
def schema(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which contract; there is one: findings.")] = "findings",
) -> None:
    """Print a published JSON Schema."""
    from consilience.conclude.schema import findings_schema
    from consilience.errors import UsageError

    if name != "findings":
        raise UsageError("there is no such schema", where=name, remedy="Ask for: findings.")
    _print_json(findings_schema())


@app.command()
def orbat(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A shipped one, or the folder of one's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the shipped orders of battle, or check one and show who has what."""
    from consilience.casework.terminal import orbat_json, orbat_table
    from consilience.reference.orbat import load_orbat
    from consilience.reference.shipped import orbat_names

    if name is None:
        _print_json(list(orbat_names())) if as_json else typer.echo("\n".join(orbat_names()))
        return
    loaded = load_orbat(name)
    if as_json:
        _print_json(orbat_json(loaded))
    else:
        held = f"{len(loaded.platforms)} platforms, {len(loaded.bases)} bases, {len(loaded.weapons)} weapons"
        typer.echo(f"{loaded.name}: {held}")
        _show(orbat_table(loaded))


@app.command()
def calibrate(
    out: Annotated[Path, typer.Option(help="Folder for calibration.json and report.html; a second call goes on.")],
    worlds: Annotated[int, typer.Option(min=0, help="How many simulated wars.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first war; the next ones follow.")] = 1001,
    attacks: Annotated[int, typer.Option(min=1, help="Attacks in each war.")] = 200,
    days: Annotated[int, typer.Option(min=1, help="Days of each war.")] = 60,
    kind: Annotated[str, typer.Option(help="Which evidence there is, and what is wrong with it.")] = "full",
    case: Annotated[Path | None, typer.Option(help="A case whose log is shifted against itself (placebo).")] = None,
    dose: Annotated[
        str | None, typer.Option(help="Doses of what the kind gets wrong, such as 0,0.005,0.01: the same wars at each.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the figures are the same for any number.")] = 2,
) -> None:
    """Measure on simulated wars whether findings are right as often as they say, and write a report."""
    from consilience.casework.calibrate.calibration import REPORT, Asked, calibrate
    from consilience.casework.calibrate.doses import read_doses
    from consilience.casework.calibrate.page import lines

    asked = Asked(worlds, seed, attacks, days, kind, case, read_doses(dose, kind))
    with _progress() as progress:
        found = calibrate(asked, out, workers=workers, progress=progress)
    typer.echo("\n".join(lines(found)))
    typer.echo(f"Report: {out / REPORT}")


@app.command()
def power(
    case: CaseFolder,
    attacks: Annotated[int, typer.Option(min=1, help="Simulated attacks, half of them outside the log.")] = 240,
    seed: Annotated[int, typer.Option(min=0, help="The same seed plants the same attacks.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Folder for power.json and report.html; CASE-power beside it if not given.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the figures are the same for any number.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Say how often an attack by each party would be attributed right, wrong or left open, with this case's log."""
    from consilience.casework.calibrate.power import PowerAsked, default_power_out
    from consilience.casework.calibrate.power import power as measure_power
    from consilience.casework.calibrate.power_page import REPORT, lines_of_power

    target = default_power_out(case) if out is None else out
    with _progress() as progress:
        found = measure_power(case, PowerAsked(attacks, seed), target, workers=workers, progress=progress)
    if as_json:
        _print_json({"out": str(target), **found})
        return
    typer.echo("\n".join(lines_of_power(found)))
    typer.echo(f"Report: {target / REPORT}")


@worlds.command()
def make(
    seed: Annotated[int, typer.Option(help="The same seed makes the same war.")],
    out: Annotated[Path, typer.Option(help="A new folder for the case and its truth.")],
    attacks: Annotated[int, typer.Option(min=1, help="Attacks on facilities.")] = 200,
    days: Annotated[int, typer.Option(min=1, help="Days of war.")] = 60,
    kind: Annotated[str, typer.Option(help="Which evidence there is, and what is wrong with it.")] = "full",
) -> None:
    """Write a simulated war: OUT/case, a case folder, and OUT/truth.json, what really happened."""
    from consilience.worlds.make import make_world

    make_world(seed=seed, attacks=attacks, days=days, out=out, kind=kind)
    typer.echo(f"{attacks} attacks in {days} days: {out / 'case'}, {out / 'truth.json'}")


def main() -> NoReturn:
    """The program: runs a command and exits with its code. Errors of ours are printed as what, where and what to do."""
    debug = "--debug" in sys.argv[1:]
    try:
        app(prog_name="consilience")
    except ConsilienceError as err:
        _fail(err, str(err), err.exit_code, debug)
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


def _show(table: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH)
    console.print(table, markup=False)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar for each stage on stderr, on a terminal; otherwise silence."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell
