"""The table `priors` of an order of battle: shares of modes and parties, and the three rows that no war can do without.

A prior of 0 stays 0 whatever is seen (Lindley, Making Decisions, 2nd ed. 1985, section 6.7, "Cromwell's rule"). Without
a share of "none" and of "another cause" an attack would be certain before anything is read, so both must be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from consilience.errors import ReferenceDataError
from consilience.records.reference_data import PriorShare
from consilience.records.tables import MODES
from consilience.reference.rows import Row

ANY_MODE = "*"

GENERAL_ROWS: Mapping[str, str] = {
    "none": "*,none,0.01,0.001,0.1,no attack happened",
    "another cause": "*,another cause,0.02,0,0.1,misfire or debris or left ordnance",
    "together": "*,together,0.05,0,0.2,both parties in one incident with two or more strikes",
}
"""What a row of each looks like: the shares of the shipped order of battle."""

MAY_BE_ZERO = ("together",)
"""Two parties that never strike together is a claim that an author can make; "there is always an attack" is none."""


def read_priors(rows: tuple[Row, ...], file: Path) -> tuple[PriorShare, ...]:
    """Every row as a named assumption, in the order of the table.

    ReferenceDataError where a row can't be read or stands twice; where mode `*` names something else than "none",
    "another cause" and "together", or lacks one of them; where "none" or "another cause" is 0, or both leave nothing
    for an attack: then something would be certain whatever the evidence says.
    """
    first_row: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.required("mode"), row.text("party"))
        if key in first_row:
            row.reject("party", f"{key} stands in row {first_row[key]} too", "Keep one of the two rows.")
        first_row[key] = row.number
    shares = tuple(_prior(row) for row in rows)
    _leave_room({share.party: share.share for share in shares if share.mode == ANY_MODE}, file)
    return shares


def _prior(row: Row) -> PriorShare:
    share, low, high = (row.number_in(column, 0, 1) for column in ("share", "low", "high"))
    if not low <= share <= high:
        row.reject("share", f"{share:g} is outside its own range {low:g} to {high:g}", "Widen the range or correct it.")
    mode = row.word("mode", (*MODES, ANY_MODE))
    if mode == ANY_MODE:
        name = row.word("party", tuple(GENERAL_ROWS))
        if share == 0 and name not in MAY_BE_ZERO:
            row.reject("share", f"with no share for {name!r} no evidence could ever speak for it", "Write more than 0.")
    return PriorShare(mode, row.text("party") or None, share, low, high, row.required("why"))


def _leave_room(general: Mapping[str | None, float], file: Path) -> None:
    missing = [name for name in GENERAL_ROWS if name not in general]
    if missing:
        _refuse(
            f"no row of mode {ANY_MODE!r} gives the share of: {', '.join(missing)}; without it an answer would be "
            "certain before anything is read",
            file,
            "Add, with shares and reasons of your own (these are the shipped ones): "
            + " | ".join(GENERAL_ROWS[name] for name in missing),
        )
    if general["none"] + general["another cause"] >= 1:
        _refuse("'none' and 'another cause' leave no share for an attack", file, "Let them sum to less than 1.")


def _refuse(what: str, file: Path, remedy: str) -> NoReturn:
    raise ReferenceDataError(what, where=str(file), remedy=remedy)
