"""Parties of the case that are weighed with a platform that the order of battle doesn't list: said by check and run.

A party to which `priors` give a share of a mode keeps it on a day when no row of `operators` is in force for it: it may
have what the list lacks. That is meant where nothing is known, and a trap where rows have merely run out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import PurePosixPath

import numpy as np
import polars as pl

from consilience.casework.first_of_many import first_of
from consilience.corroborate.hypotheses import UNLISTED, hypotheses_on
from consilience.quantities import minutes_since_epoch, moment_at
from consilience.readings.case_file import CASE_FILE
from consilience.records.case import CaseSettings
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.reference_data import OrderOfBattle
from consilience.records.tables import MODES


@dataclass(slots=True)
class Unlisted:
    """A party that keeps its share of a mode (0 to 1, of that mode) by an unlisted platform on the day of incidents."""

    mode: str
    party: str
    share: float
    incidents: dict[date, list[str]] = field(default_factory=dict)


def incident_days(incidents: pl.DataFrame, accounts: pl.DataFrame, settings: CaseSettings) -> Mapping[str, date]:
    """The local day of each incident on which the order of battle is read: that of the median stated time, else of the
    middle of the alleged window, else of the case's period. Both frames are situated ones.
    """
    stated = accounts.filter(pl.col("t_lo").is_not_null()).with_columns(_at=(pl.col("t_lo") + pl.col("t_hi")) / 2)
    told = stated.group_by("incident_id").agg(pl.col("_at").sort())
    minutes = {name: times[len(times) // 2] for name, times in told.iter_rows()}
    for row in incidents.iter_rows(named=True):
        start, end = row["window_start_lo"], row["window_end_hi"]
        if row["incident_id"] not in minutes and start is not None and end is not None:
            minutes[row["incident_id"]] = (minutes_since_epoch(start) + minutes_since_epoch(end)) / 2
    days = {name: moment_at(at).astimezone(settings.zone).date() for name, at in minutes.items()}
    first = settings.period_start
    if first is not None:
        middle = first + ((settings.period_end or first) - first + timedelta(days=1)) // 2
        days = dict.fromkeys(incidents["incident_id"], middle) | days
    return {name: days[name] for name in incidents["incident_id"] if name in days}


def unlisted(orbat: OrderOfBattle, settings: CaseSettings, days: Mapping[str, date]) -> tuple[Unlisted, ...]:
    """Every party of the case and mode that is so weighed for some incident, in the order of the case and of the modes.

    "other" is not told: what it has is mostly unlisted, and its share is there to keep the answer open.
    """
    found: dict[tuple[str, str], Unlisted] = {}
    rows: dict[tuple[bool, ...], dict[tuple[str, str], float]] = {}
    for incident, day in sorted(days.items(), key=lambda item: (item[1], item[0])):
        serving = tuple(operator.serves_on(day) for operator in orbat.operators)
        if serving not in rows:
            rows[serving] = _unlisted_on(day, orbat, settings.parties)
        for (mode, party), share in rows[serving].items():
            one = found.setdefault((mode, party), Unlisted(mode, party, share))
            one.incidents.setdefault(day, []).append(incident)
    return tuple(sorted(found.values(), key=lambda one: (settings.parties.index(one.party), MODES.index(one.mode))))


def _unlisted_on(day: date, orbat: OrderOfBattle, parties: tuple[str, ...]) -> dict[tuple[str, str], float]:
    kinds = hypotheses_on(day, orbat, parties, several_strikes=False)
    prior = np.exp(kinds.log_prior)
    return {
        (mode, party): float(prior[rows].sum() / prior[kinds.where(mode=mode)].sum())
        for mode in MODES
        for party in parties
        if (rows := kinds.where(party=party, mode=mode, platform=UNLISTED)).any()
    }


def notices(
    orbat: OrderOfBattle, settings: CaseSettings, incidents: pl.DataFrame, accounts: pl.DataFrame, *, is_own: bool
) -> Iterator[LeftOut]:
    """One for each party and mode of `unlisted`: on which day of which incident nothing is in force, what is listed for
    other days, and what is weighed. `incidents` and `accounts` are situated ones; the case names an order of battle.
    """
    folder = settings.orbat or ""
    for one in unlisted(orbat, settings, incident_days(incidents, accounts, settings)):
        expected = (
            f"a row of operators in force for {one.party}, {one.mode}, on {_days(one)}, or a share of 0 in priors: "
            f"{_listed(orbat, one)}, so its {100 * one.share:.3g} % of that mode is weighed as a platform that the "
            "list lacks, like any that others have in force for it"
        )
        if not is_own:
            expected += f" (for a row more, bring an order of battle of your own in place of {folder!r})"
        file, column = (f"{folder}/operators.csv", "party") if is_own else (CASE_FILE, "orbat")
        value = f"{one.mode}, {one.party}"
        yield LeftOut(PurePosixPath(file), None, column, None, None, Why.NO_ROW_IN_FORCE, Lost.NOTHING, value, expected)


def _listed(orbat: OrderOfBattle, one: Unlisted) -> str:
    rows = [row for row in orbat.operators if row.party == one.party and one.mode in row.modes and row.share > 0]
    if not rows:
        return "it has none for any day"
    told = [f"{row.platform} from {row.first_day or 'ever'} to {row.last_day or 'ever'}" for row in rows]
    return f"it has only {first_of(told)}"


def _days(one: Unlisted) -> str:
    """The first day with its incidents, and how many incidents of other days there are."""
    day, named = next(iter(one.incidents.items()))
    more = sum(len(names) for names in one.incidents.values()) - len(named)
    return f"{day} ({first_of(named)})" + (f" and the days of {more} more" if more else "")
