"""What is kept: `vault check`, `history`, `record`, `replicate`, `repair`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consilience.cli.app import AsJson, CaseFolder, print_json, progress_bars
from consilience.cli.vault_group import vault
from consilience.errors import VaultError

Place = Annotated[
    str, typer.Argument(metavar="URL", help="A folder, or any store that fsspec opens (sftp://, s3:// …).")
]
ReadData = Annotated[bool, typer.Option("--read-data", help="Read every byte, not names and sizes alone.")]


@vault.command()
def check(
    case: CaseFolder,
    read_data: ReadData = False,
    against: Annotated[
        Path | None, typer.Option(help="An earlier checkpoint or run.json, kept elsewhere, to hold the ledger against.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what of all that is kept is damaged, a thing a line, and what depends on it. Exits with 5 if anything is."""
    from consilience.casework.keeping import check_vault

    with progress_bars() as progress:
        found = check_vault(case, read_data=read_data, against=against, progress=progress)
    if as_json:
        print_json(found.as_json())
    else:
        typer.echo("\n".join(found.lines()))
    if not found.checked.is_whole:
        raise typer.Exit(VaultError.exit_code)


@vault.command()
def history(
    case: CaseFolder,
    exhibit: Annotated[
        str | None, typer.Argument(metavar="[EXHIBIT]", help="Its path in the case, or its digest sha256:…")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell the chain of custody, oldest act first: of the whole case or of one exhibit."""
    from consilience.casework.keeping import history_of
    from consilience.quantities import iso_utc

    found = history_of(case, exhibit)
    if as_json:
        print_json([event.as_json() for event in found.events])
    else:
        for event in found.events:
            by = f" by {event.by}" if event.by else ""
            typer.echo(f"{event.act.index}  {iso_utc(event.act.recorded_at)}  {event.act.kind}{by}: {event.what}")
    if not found.is_whole:
        typer.echo("The ledger is damaged: only what can be read is told. See `consilience vault check`.", err=True)
        raise typer.Exit(VaultError.exit_code)


@vault.command()
def record(
    case: CaseFolder,
    kind: Annotated[str, typer.Option(help="collected, received, opened, described or redacted.")] = "",
    exhibit: Annotated[str, typer.Option(help="A kept file's path in the case, or its digest.")] = "",
    by: Annotated[str, typer.Option(help="Who did it: a pseudonym, for it can never be taken out again.")] = "",
    at: Annotated[str, typer.Option(help="When: a day, or a moment with its offset, 2017-04-04T09:30+03:00.")] = "",
    note: Annotated[str, typer.Option(help="Anything else that a court should know; no names.")] = "",
    url: Annotated[str, typer.Option(help="Where it was online; then --at and --tool have to be given.")] = "",
    tool: Annotated[str, typer.Option(help="With which program and version it was collected.")] = "",
    page_source: Annotated[str, typer.Option(help="The kept file that holds the page's source code.")] = "",
    capture: Annotated[str, typer.Option(help="The kept file that shows the whole page.")] = "",
    table: Annotated[
        Path | None, typer.Option(help="A CSV file with these options as columns, a row an event.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Record; without it, only say what would be.")] = False,
) -> None:
    """Record what was done with an exhibit outside the program, or how it was acquired online. It stays for ever."""
    from consilience.casework.custody_rows import COLUMNS, Told, from_table
    from consilience.casework.keeping import record_custody
    from consilience.errors import UsageError

    values = (kind, exhibit, by, at, note, url, tool, page_source, capture)
    if table is not None and any(values):
        raise UsageError("takes a table or the other options, not both", where="--table", remedy="Give one of the two.")
    told = (Told("options", dict(zip(COLUMNS, values, strict=True))),) if table is None else from_table(table)
    events = record_custody(case, told, is_meant=yes)
    for event in events:
        typer.echo(f"{event.kind} by {event.by}: {event.exhibit.path}, {event.exhibit.digest}")
    typer.echo(
        f"{len(events)} recorded." if yes else f"{len(events)} would be recorded. Run again with --yes to do it."
    )


@vault.command()
def replicate(case: CaseFolder, url: Place, read_data: ReadData = False, as_json: AsJson = False) -> None:
    """Copy what is missing to another place, read it back, and take from there what the case has destroyed."""
    from consilience.casework.keeping import replicate_vault

    with progress_bars() as progress:
        done = replicate_vault(case, url, read_data=read_data, progress=progress)
    if as_json:
        told = {"where": done.where, "files": done.files, "bytes": done.size_bytes, "removed": done.removed}
        print_json({**told, "acts": done.acts, "root": done.root})
        return
    removed = f", {done.removed} removed that the ledger says are destroyed" if done.removed else ""
    typer.echo(f"{done.files} files ({done.size_bytes} bytes) copied{removed}; {done.where} holds {done.acts} acts.")


@vault.command()
def repair(
    case: CaseFolder,
    source: Annotated[str, typer.Option("--from", metavar="URL", help="A replica: a folder, or a store of fsspec.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it, only say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put right what is damaged or gone, from a replica; what was damaged is put aside, never thrown away.

    Exits with 5 if something stays damaged, or with no --yes would stay so: what can all be mended exits with 0.
    """
    from consilience.casework.keeping import repair_vault
    from consilience.casework.keeping_words import repair_json, repair_lines

    with progress_bars() as progress:
        done = repair_vault(case, source, is_meant=yes, progress=progress)
    if as_json:
        print_json(repair_json(done))
    else:
        typer.echo("\n".join(repair_lines(done)))
    if done.leaves_damage:
        raise typer.Exit(VaultError.exit_code)
