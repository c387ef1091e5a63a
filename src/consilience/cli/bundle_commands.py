"""What is handed to partners and courts: `bundle`, and `bundle-open` for single items that a bundle withholds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consilience.cli.app import AsJson, CaseFolder, Workers, app, print_json, progress_bars


@app.command()
def bundle(
    case: CaseFolder,
    incidents: Annotated[str, typer.Option(metavar="I1,I2", help="The incidents, their ids with commas between.")],
    out: Annotated[Path | None, typer.Option(help="A new folder for the bag; needed unless --dry-run.")] = None,
    profile: Annotated[str, typer.Option(help="For whom: partner or court.")] = "partner",
    to: Annotated[str | None, typer.Option(metavar="NAME", help="Who gets it: kept in the ledger, not in it.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be shown and withheld; no bundle.")
    ] = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Write a bag of chosen incidents that anybody can check: rows, exhibits, findings, the ledger's proofs.

    Neither reviewed nor released. Persons, observers and sources who did not agree are withheld as commitments.
    """
    from consilience.casework.bundle.told import bundle_lines, plan_lines
    from consilience.casework.bundling import plan_bundle, write_bundle
    from consilience.casework.folders import check_new
    from consilience.errors import UsageError

    if out is None and not dry_run:
        raise UsageError("where to?", where="--out", remedy="Give a new folder with --out, or ask with --dry-run.")
    if out is not None:
        check_new(out, case)
    wanted = [name.strip() for name in incidents.split(",") if name.strip()]
    with progress_bars() as progress:
        plan = plan_bundle(case, wanted, profile, workers=workers, progress=progress)
        bag = None if dry_run or out is None else write_bundle(plan, out, to=to, progress=progress)
    told = plan.as_json()
    if bag is not None:
        told |= {"out": str(out), "root": bag.root, "verifier": bag.verifier, "signed_by": bag.signed_by}
    if as_json:
        print_json(told)
    else:
        typer.echo("\n".join(plan_lines(told) if bag is None or out is None else bundle_lines(told, bag)))


@app.command("bundle-open")
def bundle_open(
    case: CaseFolder,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The bundle, or a copy of it.")],
    out: Annotated[Path, typer.Option(help="A new file for what opens these items.")],
    items: Annotated[str, typer.Option(metavar="W0001,W0002", help="Items of data/withheld.json.")] = "",
    acts: Annotated[str, typer.Option(metavar="3,4", help="Withheld acts of data/ledger/acts.json.")] = "",
    reason: Annotated[
        str | None, typer.Option(help="Why what consent does not cover is opened: kept in the ledger, for ever.")
    ] = None,
) -> None:
    """Write what opens some items that a bundle withholds, and nothing of the others."""
    from consilience.casework.bundling import open_items
    from consilience.errors import UsageError

    names = [name.strip() for name in items.split(",") if name.strip()]
    numbers = [name.strip() for name in acts.split(",") if name.strip()]
    if (not names and not numbers) or not all(number.isdecimal() for number in numbers):
        raise UsageError("which?", where="--items, --acts", remedy="Name items such as W0007, or numbers of acts.")
    open_items(case, folder, names, [int(number) for number in numbers], out, reason=reason)
    typer.echo(f"{len(names)} items and {len(numbers)} acts opened: {out}")
    typer.echo(f"Whoever has the bundle checks it with: python verify.py . --opening {out.name}")
