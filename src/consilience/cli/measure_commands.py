"""How good the answers are: `calibrate`, `power`, and the simulated wars of `worlds make`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consilience.cli.app import AsJson, CaseFolder, app, print_json, progress_bars

worlds = typer.Typer(no_args_is_help=True, help="Simulated wars with known truth.", rich_markup_mode=None)
app.add_typer(worlds, name="worlds")


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
    with progress_bars() as progress:
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
    with progress_bars() as progress:
        found = measure_power(case, PowerAsked(attacks, seed), target, workers=workers, progress=progress)
    if as_json:
        print_json({"out": str(target), **found})
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
