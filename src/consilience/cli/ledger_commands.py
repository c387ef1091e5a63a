"""The ledger and the outside: checkpoints, witnesses, trusted times, and an earlier checkpoint to hold it against."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consilience.cli.app import AsJson, CaseFolder, print_json
from consilience.cli.vault_group import vault

Keys = Annotated[
    Path | None, typer.Option("--dir", help="Folder of the keys; the user's configuration folder if not given.")
]


@vault.command()
def checkpoint(
    case: CaseFolder,
    out: Annotated[
        Path | None, typer.Option(help="A new file for the checkpoint, with the proof that a witness asks for.")
    ] = None,
    since: Annotated[
        int | None, typer.Option(min=0, help="Acts at which the proof starts; the largest cosigned if not given.")
    ] = None,
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Say who signed, cosigned and time-stamped the ledger, and how far; with --out, export its checkpoint."""
    from consilience.casework.ledger_exchange import export_request, vouched

    found = vouched(case, keys)
    if as_json:
        print_json(found.as_json())
    else:
        typer.echo("\n".join(found.lines()))
    if out is not None:
        old = export_request(case, out, since)
        if not as_json:
            typer.echo(f"Checkpoint, with its proof since {old} acts: {out}")


@vault.command()
def witness(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `vault checkpoint --out` wrote, at its owner's.")],
    out: Annotated[Path, typer.Option(help="A new file for the answer, which goes back to the owner.")],
    keys: Keys = None,
) -> None:
    """Cosign another organisation's checkpoint, if it is the last one that you cosigned with acts added."""
    from consilience.casework.ledger_exchange import witness_request

    typer.echo(f"Cosigned {witness_request(file, out, keys)}: {out}")


@vault.command()
def cosign(
    case: CaseFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A witness's answer.")],
    keys: Keys = None,
) -> None:
    """Record a witness's cosignature in the ledger."""
    from consilience.casework.ledger_exchange import import_cosignature

    typer.echo(f"{import_cosignature(case, file, keys)} new cosignatures recorded.")


@vault.command()
def timestamp(
    case: CaseFolder,
    request: Annotated[Path | None, typer.Option(help="A new file for a request to a timestamp authority.")] = None,
    response: Annotated[Path | None, typer.Option(help="An authority's response, to be recorded.")] = None,
    keys: Keys = None,
) -> None:
    """Ask a timestamp authority for the time (RFC 3161), by files; or record what it answered."""
    from consilience.casework.ledger_exchange import export_timestamp_request, import_timestamp
    from consilience.errors import UsageError

    if (request is None) == (response is None):
        raise UsageError(
            "neither a request nor a response, or both", remedy="Give either --request FILE or --response FILE."
        )
    if request is not None:
        export_timestamp_request(case, request)
        typer.echo(f"Request: {request}. Send it to an authority, then give its answer with --response.")
    if response is not None:
        typer.echo(f"Recorded: the ledger was there at {import_timestamp(case, response, keys)}.")


@vault.command("verify-against")
def verify_against(
    case: CaseFolder,
    earlier: Annotated[
        Path, typer.Argument(metavar="FILE", help="A checkpoint kept elsewhere, a witness's answer, or a run.json.")
    ],
    keys: Keys = None,
) -> None:
    """Hold the ledger against an earlier checkpoint: nothing that it covers may be gone, altered or reordered."""
    from consilience.casework.ledger_exchange import hold_against

    typer.echo("\n".join(hold_against(case, earlier, keys)))
