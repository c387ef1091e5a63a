"""The people of a case: `seal` and `unseal` what belongs to a source, and `consent`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from consilience.cli.app import AsJson, CaseFolder, app, print_json, print_table

consent = typer.Typer(no_args_is_help=True, help="What sources agreed to, and its withdrawal.", rich_markup_mode=None)
app.add_typer(consent, name="consent")

Source = Annotated[str, typer.Argument(metavar="SOURCE", help="A source_id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this, only say what would be done.")]


@app.command()
def seal(
    case: CaseFolder,
    remove_plain: Annotated[
        bool, typer.Option("--remove-plain", help="Lock: remove names and sealed files in clear from the folder too.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Encrypt names and exhibits of sealed sources to the custodians' keys."""
    from consilience.casework.keys import own_keyring
    from consilience.casework.locking import lock, plan_lock, seal_now

    keyring = own_keyring()
    if yes and not remove_plain:
        done = seal_now(case, keyring)
        typer.echo(f"{done.new} things sealed now, {done.cleared} clear copies removed from the vault.")
        return
    plan = lock(case, keyring) if yes else plan_lock(case)
    typer.echo(f"{plan.sources} sealed sources, {len(keyring.custodians)} custodians.")
    typer.echo(f"Clear copies in the vault {'removed' if yes else 'to remove'}: {plan.clear_copies}.")
    if remove_plain:
        files = f"Files of the case folder {'removed' if yes else 'to remove'}: {len(plan.plain)}"
        typer.echo(f"{files}. Tables whose cells name them, and get tokens: {len(plan.tables)}.")
        for line in (*(f"REFUSED: {line}" for line in plan.refused), *(f"Look at {line}" for line in plan.noted)):
            typer.echo(line)
    if not yes:
        typer.echo("Nothing was done; --yes does it.")


@app.command()
def unseal(
    case: CaseFolder,
    source: Source,
    reason: Annotated[str, typer.Option(help="Why: it stands in the ledger, so name nobody in it.")],
    out: Annotated[
        Path | None, typer.Option(help="A new folder, outside the case, for all that is sealed of the source.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who a source is, or bring back all that is sealed of it. Takes a custodian's key and is recorded."""
    from consilience.casework import unsealing
    from consilience.casework.keys import own_keyring

    found = unsealing.unseal(case, source, own_keyring(), reason, out)
    if as_json:
        print_json({"source_id": source, "identity": found.identity, "written": [str(path) for path in found.written]})
        return
    if out is not None:
        typer.echo(f"{len(found.written)} files in {out}. Remove the folder when you have done with it.")
        return
    if not found.identity:
        typer.echo("No row of the table of names is sealed of this source; --out brings back what else is.")
    for row in found.identity:
        typer.echo("\n".join(f"{name}: {text}" for name, text in row.items()))


@consent.command("list")
def list_consents(
    case: CaseFolder,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; as_of of case.toml if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show which uses each source's consent allows on a day. Writes nothing."""
    from rich.table import Table

    from consilience.casework.consents import consents_of

    found = consents_of(case, None if on is None else on.date())
    if as_json:
        print_json([
            {"source_id": one.source_id, "allowed": one.allowed, "on_record": one.on_record, "sealed": one.is_sealed,
             "withdrawn": one.has_withdrawn}
            for one in found
        ])  # fmt: skip
        return
    table = Table("source", "allowed", "sealed", "withdrawn")
    for one in found:
        marks = ("yes" if one.is_sealed else "", "yes" if one.has_withdrawn else "")
        table.add_row(one.source_id, ", ".join(one.allowed) or "nothing", *marks)
    print_table(table)


@consent.command()
def withdraw(case: CaseFolder, source: Source, yes: Yes = False, as_json: AsJson = False) -> None:
    """Take a source out of everything derived from now on, and destroy the keys of what was sealed of it."""
    from consilience.casework import withdrawal
    from consilience.casework.keys import own_keyring

    reach = withdrawal.withdraw(case, source, own_keyring()) if yes else withdrawal.reach_of(case, source)
    if as_json:
        print_json({"done": yes, **reach.as_json()})
        return
    rows = ", ".join(f"{count} in {name}" for name, count in reach.rows.items()) or "none"
    were, can_be = ("", "can") if yes else ("would be ", "could")
    typer.echo(f"Rows that no run {'will' if yes else 'would'} use: {rows}.")
    typer.echo(f"Incidents that it touches: {', '.join(reach.incidents) or 'none'}.")
    typer.echo(f"{reach.keys} keys {were}destroyed, {reach.sealed} sealed things with them; "
               f"{len(reach.clear_copies)} clear copies {were}removed from the vault.")  # fmt: skip
    typer.echo(f"{reach.openings} bundles made so far whose withheld items {can_be} never be opened again.")
    typer.echo(f"{reach.texts} sentences and wordings that rest on it {were}taken out of what is kept of "
               f"{reach.releases} releases; who holds a release has them still.")  # fmt: skip
    if reach.damaged_releases:
        advice = "" if yes else " Run `consilience vault repair` first: a replica may have them whole."
        typer.echo(f"{reach.damaged_releases} releases of which what is kept is damaged or gone, so that nobody knows "
                   f"whose words it holds: it {were}destroyed whole, unread.{advice}")  # fmt: skip
    stays = "stays" if yes else "would stay"
    for line in reach.left_releases:
        typer.echo(f"What is kept of a release can't be read now, and {stays} as it is ({line}): "
                   "when it can be read, withdraw the source again, which takes its words out.")  # fmt: skip
    typer.echo(f"{reach.decisions} decisions that rest on it {were}bound to nothing any more: reviews and sign-offs "
               "among them must be given again.")  # fmt: skip
    if reach.damaged_decisions:
        advice = "" if yes else " Run `consilience vault repair` first: a replica may have them whole."
        typer.echo(f"{reach.damaged_decisions} files of what decisions are bound to are damaged or gone, so that "
                   f"nobody knows whose rows they rest on: each {were}destroyed whole, unread.{advice}")  # fmt: skip
    for line in reach.left_decisions:
        typer.echo(f"What decisions are bound to can't be read now, and {stays} as it is ({line}): "
                   "when it can be read, withdraw the source again.")  # fmt: skip
    typer.echo(f"Only you can remove: {reach.still_in_folder} files or rows of names in the case folder; its rows in "
               f"your tables, and in {reach.tables_kept} versions of them that the vault keeps.")  # fmt: skip
    for said, lines in (("Copies", reach.copies), ("Published", reach.publications), ("Outputs", reach.outputs)):
        typer.echo("\n".join(f"{said}: {line}" for line in lines) or f"{said}: none known.")
    typer.echo("Done: run again, so that outputs follow." if yes else "Nothing was done; --yes does it.")
