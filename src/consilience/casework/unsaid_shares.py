"""What an order of battle leaves unsaid and so holds impossible: a mode, or a party within one, without a share.

A prior of 0 stays 0 whatever anybody saw (`reference.prior_shares`). Whoever writes 0 with a reason means it. A row
that is absent is more often forgotten, so it is noticed, and stands among the assumptions as the 0 that it counts as.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from consilience.casework.first_of_many import first_of
from consilience.readings.case_file import CASE_FILE
from consilience.records.case import CaseSettings
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.reference_data import Operator, OrderOfBattle, PriorShare
from consilience.records.tables import MODES
from consilience.records.weighed import OTHER

_IMPOSSIBLE: Final = "without one it is held impossible, whatever anybody saw"
_WHY: Final = "no row of priors gives it a share, so that it is held impossible, whatever anybody saw"


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A mode (`party` None), or a party of the case within one mode or within all, that no row of `priors` speaks of.

    `means` are the platforms that `operators` gives for it in the case's period, and whose each is where a party that
    the case does not tell apart stands for "other".
    """

    modes: tuple[str, ...]
    party: str | None
    means: tuple[str, ...]


def unsaid_shares(orbat: OrderOfBattle, settings: CaseSettings, alleged: Collection[str | None]) -> tuple[Unsaid, ...]:
    """Every mode without a row that somebody has the means for, or that is `alleged`; and, where a mode is shared out
    between parties, every party without a row in it that has the means for it, or has a share in no mode.

    A party that the case does not tell apart counts as "other", as in the weighing. `settings` are those with the
    period of the case (`unspoken.with_period`), `alleged` the modes that accounts name.
    """
    parties = (*settings.parties, OTHER)
    shares: dict[tuple[str, str | None], float] = {}
    for row in orbat.priors:
        key = row.mode, None if row.party is None else _counted_as(row.party, parties)
        shares[key] = shares.get(key, 0.0) + row.share
    likely = [mode for mode in MODES if shares.get((mode, None), 0.0) > 0]
    shared = [mode for mode in likely if sum(shares.get((mode, party), 0.0) for party in parties) > 0]
    nowhere = [p for p in parties if shared == likely and shared and all((mode, p) not in shares for mode in shared)]
    absent = (mode for mode in MODES if (mode, None) not in shares)
    found = [Unsaid((mode,), None, _means(orbat, settings, mode, parties)) for mode in absent]
    found = [one for one in found if one.means or one.modes[0] in alleged]
    for party in parties:
        if party in nowhere:
            found.append(Unsaid(tuple(shared), party, ()))
            continue
        held = ((mode, _means(orbat, settings, mode, [party])) for mode in shared if (mode, party) not in shares)
        found += [Unsaid((mode,), party, means) for mode, means in held if means]
    return tuple(found)


def with_zeros(orbat: OrderOfBattle, unsaid: Sequence[Unsaid]) -> OrderOfBattle:
    """The order of battle with the share that each counts as, 0, among its priors. Nothing is weighed otherwise."""
    zeros = (PriorShare(mode, one.party, 0.0, 0.0, 0.0, _WHY) for one in unsaid for mode in one.modes)
    return replace(orbat, priors=(*orbat.priors, *zeros))


def notices(unsaid: Sequence[Unsaid], folder: str, *, is_own: bool) -> Iterator[LeftOut]:
    """A notice for each: which row `priors` of the case's own order of battle, in `folder`, lacks; of a shipped one,
    which party of case.toml it does not know.
    """
    for one in unsaid:
        mode, party = one.modes[0], one.party or ""
        if is_own:
            file, column = PurePosixPath(folder) / "priors.csv", "party" if party else "mode"
            means = f", since operators.csv has {first_of(one.means)}" if one.means else ""
            row = f"a row {mode},{party},SHARE,LOW,HIGH,WHY{means}"
            expected = f"{row}; {_IMPOSSIBLE} (if that is meant, write 0 and why)"
        else:
            file, column = PurePosixPath(CASE_FILE), "parties"
            expected = f"parties to which the order of battle {folder!r} gives a share; {_IMPOSSIBLE}: bring your own"
        value = ", ".join(filter(None, (mode if len(one.modes) == 1 else "", party)))
        yield LeftOut(file, None, column, None, None, Why.NO_SHARE, Lost.NOTHING, value, expected)


def _means(orbat: OrderOfBattle, settings: CaseSettings, mode: str, parties: Sequence[str]) -> tuple[str, ...]:
    """The platforms with which one of these could do it in the period of the case, in the order of the table."""
    told_apart = (*settings.parties, OTHER)
    armed = (row for row in orbat.operators if mode in row.modes and row.share > 0 and _in_period(row, settings))
    rows = (row for row in armed if _counted_as(row.party, told_apart) in parties)
    return tuple(dict.fromkeys(f"{row.platform} ({row.party})" for row in rows))


def _in_period(row: Operator, settings: CaseSettings) -> bool:
    """Is the row in force on some day of the case?"""
    ended = row.last_day is not None and settings.period_start is not None and row.last_day < settings.period_start
    later = row.first_day is not None and settings.period_end is not None and row.first_day > settings.period_end
    return not (ended or later)


def _counted_as(party: str, parties: Sequence[str]) -> str:
    return party if party in parties else OTHER
