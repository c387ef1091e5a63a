"""What is asked of a case: `new`, `check`, `run`, `show`, `whatif`; and what ships: `schema`, `orbat`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consilience.cli.app import AsJson, CaseFolder, Workers, app, print_json, print_table, progress_bars

LEFT_OUT = 8
"""Exit code where something would be left out (`check --strict`) or was refused (`decide`)."""


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
        print_json(checked.as_json())
    else:
        typer.echo(f"{checked.title}: {checked.files} files, {checked.incidents} incidents")
        print_table(rows_table(checked))
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

    with progress_bars() as progress:
        done = run_case(case, out, workers=workers, progress=progress)
    report = done.out / "report" / "index.html"
    if as_json:
        print_json({"out": str(done.out), "report": str(report), **done.summary()})
        return
    print_table(summary_table(done.findings, done.records.settings.zone))
    typer.echo(totals_line(done.findings))
    if done.findings["left_out"]:
        typer.echo(f"{done.findings['left_out']} left out: {done.out / 'left-out.csv'}")
    for notice in done.notices:
        typer.echo(f"Notice: {notice}")
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

    with progress_bars() as progress:
        found = find(case, workers=workers, progress=progress)
    finding = Findings(found.findings, found.records.settings.zone).incident(incident)
    if as_json:
        print_json(finding.block)
    else:
        typer.echo(finding.explain() + "\n")
        print_table(matrix_table(finding.block))


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
        print_json(asked.as_json())
    else:
        print_table(whatif_table(asked.rows()))


@app.command()
def schema(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which contract; there is one: findings.")] = "findings",
) -> None:
    """Print a published JSON Schema."""
    from consilience.conclude.schema import findings_schema
    from consilience.errors import UsageError

    if name != "findings":
        raise UsageError("there is no such schema", where=name, remedy="Ask for: findings.")
    print_json(findings_schema())


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
        print_json(list(orbat_names())) if as_json else typer.echo("\n".join(orbat_names()))
        return
    loaded = load_orbat(name)
    if as_json:
        print_json(orbat_json(loaded))
    else:
        held = f"{len(loaded.platforms)} platforms, {len(loaded.bases)} bases, {len(loaded.weapons)} weapons"
        typer.echo(f"{loaded.name}: {held}")
        print_table(orbat_table(loaded))
