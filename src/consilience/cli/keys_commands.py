"""One's own keys: `keys init`, `add`, `list` and `recover`. They lie in a folder of the user's, never in a case.

`keys share` wraps the keys of a case's sealed sources for those who are custodians now.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from consilience.cli.app import AsJson, CaseFolder, app, print_json, progress_bars

keys = typer.Typer(
    no_args_is_help=True, help="Your own keys: for signing, and for what is sealed.", rich_markup_mode=None
)
app.add_typer(keys, name="keys")

Folder = Annotated[
    Path | None, typer.Option("--dir", help="Folder of the keys; the user's configuration folder if not given.")
]


@keys.command()
def init(
    folder: Folder = None,
    name: Annotated[
        str | None, typer.Option(help="Name that signatures bear, such as example.org/archive; a number if not given.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the keys; without it, say what would be written.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a signing key and a custodian's key, if there are none. Nothing that is there is written over."""
    from consilience.casework.keys import make_keys, public

    made = make_keys(folder, name, yes=yes)
    if as_json:
        print_json(made.as_json())
        return
    if not made.files:
        typer.echo(f"Keys are there already: {made.folder}")
    elif not made.written:
        typer.echo(f"Would write to {made.folder}: {', '.join(made.files)}. Nothing was written; say --yes to do it.")
        return
    else:
        typer.echo(f"Written to {made.folder}: {', '.join(made.files)}")
        typer.echo(
            "Copy identities/custodian.key to a safe place that is not this computer: without it, what is sealed"
        )
        typer.echo("to you alone is lost with this computer. Name other custodians: consilience keys add NAME age1…")
    _say(public(made.keyring))


@keys.command()
def add(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Whose key it is: for a custodian any name, for a signer or a witness the name in the key.",
        ),
    ],
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help="A custodian's age recipient (age1…), a signer's or witness's NAME+NUMBER+KEY, or a .pem file with "
            "the root of a timestamp authority.",
        ),
    ],
    folder: Folder = None,
) -> None:
    """Add somebody's public key: a custodian's, a signer's, a witness's or a timestamp authority's."""
    from consilience.casework.keys import add_key

    typer.echo(f"{name} is {add_key(folder, name, key)}.")


@keys.command("list")
def list_keys(folder: Folder = None, as_json: AsJson = False) -> None:
    """Show all public keys: your own, custodians', signers' and witnesses'."""
    from consilience.casework.keys import own_keyring, public

    keyring = own_keyring(folder)
    shown = public(keyring)
    if as_json:
        print_json({"folder": str(keyring.folder), **shown})
        return
    typer.echo(f"Keys in {keyring.folder}")
    _say(shown)


@keys.command()
def recover(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A custodian's private key, kept elsewhere.")],
    name: Annotated[str, typer.Option(help="Name of its file in the keyring.")] = "recovered",
    folder: Folder = None,
) -> None:
    """Put a custodian's private key from a safe place into the keyring: it opens all that was sealed to it."""
    from consilience.casework.keys import recover_keys

    typer.echo(f"Recovered: a key {recover_keys(folder, name, file)}.")


@keys.command()
def share(
    case: CaseFolder,
    drop_others: Annotated[
        bool, typer.Option("--drop-others", help="Wrap for the custodians in your keyring alone, not for earlier ones.")
    ] = False,
    folder: Folder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, only say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let those who are custodians now open what was sealed in a case before. Takes a custodian's private key."""
    from consilience.casework.keys import own_keyring
    from consilience.casework.sharing_keys import plan_share, share_keys
    from consilience.errors import KeysUnusable

    keyring = own_keyring(folder)
    if yes:
        with progress_bars() as progress:
            done = share_keys(case, keyring, drop_others=drop_others, progress=progress)
    else:
        done = plan_share(case, keyring, drop_others=drop_others)
    if as_json:
        print_json({"done": yes, **done.as_json()})
    else:
        names = {one.recipient: f"{one.name} {one.recipient}" for one in keyring.custodians}
        verb = "wrapped anew" if yes else "would be wrapped anew"
        typer.echo(f"{done.keys} keys of {len(done.sources)} sources {verb}.")
        for who in done.gained:
            typer.echo(f"can open more{'' if yes else ', then'}: {names.get(who, who)}")
        for who in done.lost:
            typer.echo(f"can open less{'' if yes else ', then'}: {names.get(who, who)}")
        for who in done.still_open_to:
            typer.echo(f"still open to: {who}, who is not in your keyring{'' if drop_others else ' (--drop-others)'}")
        if not yes:
            typer.echo("Nothing was done; --yes does it.")
        elif done.lost:
            typer.echo("Whoever could open a key may have kept it: what was sealed with it is not closed to them.")
            typer.echo("What is sealed from now on goes under new keys, which they never had.")
        if done.keys and yes:
            typer.echo("Replicas follow at their next contact: consilience vault replicate.")
    if done.closed:
        raise KeysUnusable(
            "no private key here opens the keys of some sources, so they are as before",
            where=", ".join(done.closed), remedy="Ask one of their custodians to share them.",
        )  # fmt: skip


def _say(shown: dict[str, Any]) -> None:
    """What may be shown of a keyring, a line each."""
    if shown["signer"] is None:
        typer.echo("No signing key: runs are unsigned. Make one: consilience keys init --yes")
    else:
        typer.echo(f"signs as           {shown['signer']}")
        typer.echo(f"cosigns as         {shown['witness']}")
    for recipient in shown["opens"]:
        typer.echo(f"opens what is for  {recipient}")
    for custodian in shown["custodians"]:
        typer.echo(f"custodian          {custodian['name']} {custodian['recipient']}")
    for verifier in shown["known"]:
        typer.echo(f"knows              {verifier}")
    for root in shown["stamp_roots"]:
        typer.echo(f"believes stamps of {root}")
    for file in shown["open_to_others"]:
        typer.echo(f"Others may read {file}. Close it: chmod 600 {file}")
