"""What people would tell of a planted attack, in the manner of the case: as many, as exact, as well placed as its own.

An incident of the case lends its accounts: who speaks, how they perceived it, with what precision, of which fields they
speak at all. What they say comes from the truth, with errors as the named assumptions have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.random import Generator

from consilience.casework.calibrate.planned_attacks import Place, Planned
from consilience.corroborate.evidence import CaseEvidence
from consilience.errors import UsageError
from consilience.quantities import Minutes, minutes_since_epoch, moment_at
from consilience.records.tables import MODES
from consilience.reference.words import read_platform
from consilience.worlds.chance import draw
from consilience.worlds.witnesses import TAKEN_FOR

DAY: Minutes = 1440.0
ANY_SLIP: Minutes = 1.5 * DAY
"""A time that speaks of something else lies anywhere within so much: the reach of the grid (method.md)."""

SAID_AGAIN = ("t_lo", "t_hi", "t_sigma", "t_precision", "mode", "party", "party_basis", "platform", "strikes")
"""What one who repeats another says as the other said it."""

Row = dict[str, Any]


class Tellers:
    """Speaks for the people of one case. UsageError where the case has no account of a placed incident."""

    def __init__(self, evidence: CaseEvidence) -> None:
        self._evidence = evidence
        rows = evidence.accounts.filter(evidence.accounts["incident_id"].is_not_null()).sort("account_id").to_dicts()
        by_incident: dict[str, list[Row]] = {}
        for row in rows:
            by_incident.setdefault(row["incident_id"], []).append(row)
        self._lenders = [by_incident[name] for name in sorted(by_incident)]
        if not self._lenders:
            raise UsageError("the case has no accounts to take a manner from", remedy="Add its accounts.")
        orbat, parties = evidence.orbat, evidence.settings.parties
        words = sorted({row["platform"] for row in rows if row["platform"] is not None})
        self._words = {word: read_platform(word, orbat, parties).platforms for word in words}
        self._sources = {row["source_id"]: row for row in evidence.sources.iter_rows(named=True)}

    def tell(self, rng: Generator, attack: Planned, place: Place) -> tuple[list[Row], list[Row]]:
        """Accounts and their sources, in the columns of the case's own."""
        lent = self._lenders[int(rng.integers(len(self._lenders)))]
        named = sorted({row["source_id"] for row in lent} - {None})
        names = {name: f"{incident_id(attack)}-S{k + 1}" for k, name in enumerate(named)}
        said = {row["account_id"]: self._account(rng, row, attack, place, k, names) for k, row in enumerate(lent)}
        for row in lent:
            self._repeat(rng, row, lent, said)
        sources = [self._source(old, new, names) for old, new in names.items() if old in self._sources]
        return list(said.values()), sources

    def _account(self, rng: Generator, lent: Row, attack: Planned, place: Place, k: int, names: dict[str, str]) -> Row:
        site = {"name": place.place or "", "lat": place.lat, "lon": place.lon, "error_m": place.error_m}
        names_place = bool(lent["sites"])
        mode = self._mode(rng, lent, attack)
        return {
            **lent,
            **self._time(rng, lent, attack.minute),
            "account_id": f"{incident_id(attack)}-A{k + 1:02d}",
            "incident_id": incident_id(attack),
            "source_id": names.get(lent["source_id"]),
            "interview_id": None,
            "sites": [site] if names_place else [],
            "facility_id": place.facility_id if names_place else None,
            "place": place.place if names_place else None,
            "mode": mode,
            "cluster": None,
            "munition": None,
            "platform": self._platform(rng, lent, attack),
            "party": self._party(rng, lent, attack),
        }

    def _time(self, rng: Generator, lent: Row, minute: Minutes) -> Row:
        """The time as stated: the truth, a slip, the precision's error, and the rounding of the lender's own figure."""
        if lent["t_lo"] is None:
            return {}
        value, width = self._evidence.value, lent["t_hi"] - lent["t_lo"]
        slips = {name: value(name) for name in ("slip_day", "slip_half_day", "slip_any")}
        slip = draw(rng, {"": 1 - sum(slips.values()), **slips})
        shifts = {"": 0.0, "slip_day": DAY, "slip_half_day": DAY / 2, "slip_any": float(rng.uniform(0.0, ANY_SLIP))}
        at = minute + shifts[slip] * float(rng.choice((-1.0, 1.0)))
        if lent["t_precision"] == "day":
            return self._whole_day(at)
        error = float(rng.normal(0.0, lent["t_sigma"]))
        if width > 0:
            low = at + error - float(rng.uniform(0.0, width))
            return {"t_lo": float(np.floor(low)), "t_hi": float(np.floor(low)) + width}
        step = next((step for step in (60.0, 10.0, 5.0) if lent["t_lo"] % step == 0), 1.0)
        down = lent["t_precision"] in ("about", "hour") and rng.random() < value("rounding_down")
        stated = np.floor(at / step) * step if down else np.round((at + error) / step) * step
        return {"t_lo": float(stated), "t_hi": float(stated)}

    def _whole_day(self, at: Minutes) -> Row:
        zone = self._evidence.settings.zone
        day = moment_at(at).astimezone(zone).date()
        ends = (datetime.combine(day + timedelta(days=n), time.min, tzinfo=zone).astimezone(UTC) for n in (0, 1))
        low, high = (minutes_since_epoch(end) for end in ends)
        return {"t_lo": low, "t_hi": high}

    def _mode(self, rng: Generator, lent: Row, attack: Planned) -> str | None:
        """As it was with chance `clarity_…`, else what it is taken for; not said where the lender doesn't say it."""
        if lent["mode"] not in MODES:
            return None
        clear = self._evidence.value(f"clarity_{lent['perception'] or 'unknown'}")
        return attack.mode if rng.random() < clear else draw(rng, TAKEN_FOR[attack.mode])

    def _platform(self, rng: Generator, lent: Row, attack: Planned) -> str | None:
        """A word of the case's accounts that means the platform, with chance `witness_class_right`, else any."""
        if lent["platform"] is None:
            return None
        right = [word for word, means in self._words.items() if attack.platform in means]
        choice = right if rng.random() < self._evidence.value("witness_class_right") else list(self._words)
        return choice[int(rng.integers(len(choice)))] if choice else None

    def _party(self, rng: Generator, lent: Row, attack: Planned) -> str | None:
        """A named party, the true one as much likelier than another as the likelihood ratio of the basis has it."""
        if lent["party"] is None:
            return None
        ratio = self._evidence.value(f"basis_{lent['party_basis'] or 'assumption'}")
        return draw(rng, {name: ratio if name == attack.party else 1.0 for name in self._evidence.settings.parties})

    def _repeat(self, rng: Generator, lent: Row, others: Sequence[Row], said: dict[str, Row]) -> None:
        """One whose source has its knowledge from another who speaks here repeats it, with chance `copy_declared`."""
        above = set((self._sources.get(lent["source_id"]) or {}).get("depends_on") or ())
        parents = [row for row in others if row["source_id"] in above and row["account_id"] != lent["account_id"]]
        if parents and rng.random() < self._evidence.value("copy_declared"):
            said[lent["account_id"]] |= {name: said[parents[0]["account_id"]][name] for name in SAID_AGAIN}

    def _source(self, old: str, new: str, names: dict[str, str]) -> Row:
        row = self._sources[old]
        return {**row, "source_id": new, "depends_on": [names[s] for s in row["depends_on"] or () if s in names]}


def incident_id(attack: Planned) -> str:
    """The id under which a planted attack stands in its copy of the case."""
    return f"POWER-{attack.number:05d}"
