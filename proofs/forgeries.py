"""Ledgers rewritten by somebody who has the folder and the signing key: is each found, given an earlier checkpoint?

Each forged ledger is faultless in itself: tiles, root, checkpoint and signature fit, and the vault's own check passes.
What is kept elsewhere is one checkpoint, of any earlier size. The eighth unit counts false alarms: ledgers that only
grew.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consilience.casework.ledger_exchange import hold_against
from consilience.errors import LedgerDamaged
from consilience.vault import ledger
from consilience.vault.acts import DECIDED, INTRODUCED, body_of
from consilience.vault.checking import check
from consilience.vault.ledger import Entries
from consilience.vault.notes import Signer
from consilience.vault.signing import introduction
from consilience.vault.store import FOLDER

FORGERIES_IN_A_UNIT = 1000
MOST_ACTS = 24
HONEST = "only grew"

AT = datetime(2017, 4, 4, 6, 0, tzinfo=UTC)
SIGNER = Signer("archive.example", bytes(32))

Forge = Callable[[list[bytes], int, random.Random], list[bytes]]


def _body(number: int, at: datetime | None = None) -> bytes:
    return body_of(DECIDED, {"what": number}, AT + timedelta(minutes=number) if at is None else at)


def _edit(bodies: list[bytes], kept: int, dice: random.Random) -> list[bytes]:
    at = dice.randrange(kept)
    return [*bodies[:at], _body(at), *bodies[at + 1 :]]


def _delete(bodies: list[bytes], kept: int, dice: random.Random) -> list[bytes]:
    at = dice.randrange(kept)
    return bodies[:at] + bodies[at + 1 :]


def _reorder(bodies: list[bytes], kept: int, dice: random.Random) -> list[bytes]:
    one = dice.randrange(kept)
    other = dice.choice([at for at in range(len(bodies)) if at != one])
    swapped = list(bodies)
    swapped[one], swapped[other] = bodies[other], bodies[one]
    return swapped


def _truncate(bodies: list[bytes], kept: int, dice: random.Random) -> list[bytes]:
    return bodies[: dice.randrange(1, kept)]


def _roll_back(bodies: list[bytes], kept: int, dice: random.Random) -> list[bytes]:
    """An older copy is put back, and work goes on from it to any length."""
    size = dice.randrange(1, kept)
    return bodies[:size] + [_body(100 + number) for number in range(dice.randrange(1, MOST_ACTS))]


def _fork(bodies: list[bytes], kept: int, dice: random.Random) -> list[bytes]:
    """A second ledger, no shorter than the checkpoint, shares only a part of what it covers."""
    size = dice.randrange(1, kept)
    return bodies[:size] + [_body(100 + number) for number in range(kept - size + dice.randrange(3))]


def _back_date(bodies: list[bytes], kept: int, dice: random.Random) -> list[bytes]:
    """An act gets an earlier time: in its place, or written anew at the end."""
    early = _body(500, AT - timedelta(minutes=dice.randrange(2, 100_000)))
    if dice.random() < 0.5:
        at = dice.randrange(kept)
        return [*bodies[:at], early, *bodies[at + 1 :]]
    return [*bodies, early]


def _grow(bodies: list[bytes], _kept: int, dice: random.Random) -> list[bytes]:
    return bodies + [_body(200 + number) for number in range(dice.randrange(6))]


FORGERS: dict[str, Forge] = {
    "edit": _edit,
    "delete": _delete,
    "reorder": _reorder,
    "truncate": _truncate,
    "roll back": _roll_back,
    "fork": _fork,
    "back-date": _back_date,
    HONEST: _grow,
}
UNITS = tuple(FORGERS)


def prove(unit: str, folder: Path, count: int = FORGERIES_IN_A_UNIT) -> Mapping[str, object]:
    """How many of so many seeded ledgers were refused against their earlier checkpoint.

    All pass the vault's own check, which is part of what is proved.
    """
    dice = random.Random(f"forgeries/{unit}")
    refused = 0
    for _ in range(count):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            refused += _is_refused(Path(name), FORGERS[unit], dice)
    return {"unit": unit, "ledgers": count, "refused": refused}


def summary(results: Sequence[Mapping[str, object]]) -> Sequence[str]:
    """A line for each way of forging, and one for those that only grew."""
    return [f"{one['unit']}: {one['refused']} of {one['ledgers']} refused" for one in results]


def _is_refused(folder: Path, forge: Forge, dice: random.Random) -> bool:
    kept = dice.randrange(2, MOST_ACTS)
    bodies = [body_of(INTRODUCED, introduction(SIGNER.verifier), AT)]
    bodies += [_body(number) for number in range(1, kept + dice.randrange(MOST_ACTS - kept + 1))]
    _write(folder / "true", bodies[:kept])
    checkpoint = folder / "kept elsewhere"
    checkpoint.write_bytes((folder / "true" / FOLDER / "ledger" / "checkpoint").read_bytes())
    forged = forge(bodies, kept, dice)
    _write(folder / "case", forged)
    assert check(folder / "case", read_data=True).is_whole
    try:
        hold_against(folder / "case", checkpoint, folder / "no keys")
    except LedgerDamaged:
        return True
    return False


def _write(case: Path, bodies: Sequence[bytes]) -> None:
    """A case whose ledger holds these acts, signed if the key's introduction is still among them."""
    (case / FOLDER).mkdir(mode=0o700, parents=True)
    path = case / FOLDER / "ledger"
    ledger.found(path)
    is_introduced = any(SIGNER.verifier.text.encode() in body for body in bodies)
    ledger.append(path, Entries(), bodies, SIGNER if is_introduced else None)
