"""What an attacking flight, and the radio of an attack, leave in a case's own logs, if the fitted log model is right.

A flight of the log that the model takes for the attacker's type and party lends its rows: their number, spacing, words
and observers. They are moved over the target and to the minute that the model says. Nothing is drawn from anywhere but
the log and the fitted parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray

from consilience.casework.calibrate.planned_attacks import Place, Planned, seen_at
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood.calls import TIMED_CLASSES
from consilience.corroborate.log_model import LogModel, covered_calls, sites_of
from consilience.quantities import EARTH_RADIUS_M, Minutes, moment_at
from consilience.reference.words import party_of_language

AIRBORNE = ("air strike", "barrel bomb")
MOST_COMPARED = 300
"""Passes of one kind among which the lender is drawn: our choice; a war's log has thousands, and reading the words of
each takes 50 microseconds."""

LEAST_LEG_KM, MOST_SCALED = 5.0, 3.0
"""A way from the base is turned and stretched to the new target where it is longer than this and is stretched or
shrunk by no more than this; else the rows keep their distances and lose their base. Our choice."""

_KM = EARTH_RADIUS_M / 1000 * np.pi / 180
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lenders:
    """Every pass of the log's flights by the case's places: `site`, `track` and `kind` (P,), with the pass's number."""

    site: NDArray[np.int64]
    number: NDArray[np.int64]
    track: NDArray[np.int64]
    kind: NDArray[np.int64]


class LogHand:
    """Writes attacks into the logs of one case, as its fitted model has them."""

    def __init__(self, evidence: CaseEvidence, logs: LogModel) -> None:
        self._evidence, self._logs = evidence, logs
        self._sites = sorted({site for row in evidence.incidents.iter_rows(named=True) for site in sites_of(row)})
        self._passes = passes = [logs.sky.passes(site) for site in self._sites]
        self._lenders = Lenders(
            np.repeat(np.arange(len(passes)), [len(p.track) for p in passes]),
            np.array([number for p in passes for number in range(len(p.track))], dtype=np.int64),
            np.concatenate([p.track for p in passes]),
            np.concatenate([p.kind for p in passes]),
        )
        pairs = zip(logs.marks.fleet.platform, logs.marks.fleet.party, strict=True)
        self._fleet = {pair: k for k, pair in enumerate(pairs)}
        self._row_of = {row["sighting_id"]: row for row in evidence.sightings.iter_rows(named=True)}
        calls = covered_calls(evidence)
        speaks = {name: party_of_language(name, evidence.orbat) for name in calls["language"].drop_nulls().unique()}
        timed = calls.filter(pl.format("call_lead_{}", "call_class").is_in(sorted(evidence.assumptions)))
        self._calls = [(row, speaks.get(row["language"])) for row in timed.sort("transmission_id").to_dicts()]

    def sightings(self, rng: Generator, attack: Planned, place: Place) -> list[Row]:
        """Rows of the flight that did it: none from the ground, with chance 1 − d, or where nobody was watching."""
        attacker = self._logs.attacker
        if attack.mode not in AIRBORNE or not rng.random() < attacker.detection:
            return []
        lender = self._lender(rng, attack)
        if lender is None:
            return []
        site = self._sites[int(self._lenders.site[lender])]
        passes, number = self._passes[int(self._lenders.site[lender])], int(self._lenders.number[lender])
        spread = attacker.stray_spread if rng.random() < attacker.stray else attacker.spread
        loiter = float(passes.last[number] - passes.first[number])
        middle = attack.minute + attacker.lead + rng.normal(0.0, spread) + rng.uniform(-loiter, loiter) / 2
        rows = self._moved(lender, site, place, middle)
        return self._watched(rng, rows, attack.number)

    def _lender(self, rng: Generator, attack: Planned) -> int | None:
        """A pass of a kind drawn as the model has attackers, by a flight whose words fit type and party.

        A kind that the log never shows can't be lent. Words are weighed against the log's own, so a flight of the log
        is drawn as often as the model has an attacker of this type look like it.
        """
        known = np.unique(self._lenders.kind)
        if not len(known):
            return None
        chance = self._logs.attacker.kinds[known]
        kind = int(rng.choice(known, p=chance / chance.sum()))
        some = np.flatnonzero(self._lenders.kind == kind)
        if len(some) > MOST_COMPARED:
            some = np.sort(rng.choice(some, MOST_COMPARED, replace=False))
        row = self._fleet.get((attack.platform, attack.party))
        if row is None:
            return int(rng.choice(some))
        fits = self._words(some)[:, row]
        return int(rng.choice(some, p=fits / fits.sum()))

    def _words(self, some: NDArray[np.int64]) -> NDArray[np.float64]:
        """p(words | fleet row) over the sky's of some lenders, (n, F): site by site, for a flight may pass several."""
        words = np.zeros((len(some), len(self._logs.marks.fleet.mix)))
        sky = self._logs.sky
        for site in np.unique(self._lenders.site[some]):
            here = np.flatnonzero(self._lenders.site[some] == site)
            legs = self._passes[site].legs_of(self._lenders.number[some[here]])
            words[here] = self._logs.marks.of_passes(self._lenders.track[some[here]], legs, sky.gone)
        return words

    def _near(self, lender: int) -> NDArray[np.int64]:
        """The legs of the sky that make a lender's pass."""
        passes = self._passes[int(self._lenders.site[lender])]
        return passes.legs_of(self._lenders.number[lender : lender + 1])[0]

    def _moved(self, lender: int, site: tuple[float, float, float], place: Place, middle: Minutes) -> list[Row]:
        """The lender's rows: its pass shifted over the place; its way there turned and stretched about its base."""
        sky, track = self._logs.sky, int(self._lenders.track[lender])
        near = self._near(lender)
        legs = np.arange(sky.starts[track], sky.starts[track + 1])
        names = sky.sightings_of(track)
        shift = middle - float(sky.time[near].mean())
        begins = float(sky.time[near].min())
        scale = np.cos(np.radians(site[0]))

        def flat(lat: float, lon: float) -> complex:
            return complex(_KM * lon * scale, _KM * lat)

        old, new = flat(site[0], site[1]), flat(place.lat, place.lon)
        base = self._row_of[names[0]]["base"] if legs[0] not in near and sky.time[legs[0]] < begins else None
        start = flat(*sky.position(legs[0]))
        turn = (new - start) / (old - start) if base is not None and abs(old - start) > LEAST_LEG_KM else None
        if turn is not None and not 1 / MOST_SCALED <= abs(turn) <= MOST_SCALED:
            turn = None
        rows = []
        for leg, name in zip(legs, names, strict=True):
            row, at = self._row_of[name], flat(*sky.position(leg))
            when, gap = float(sky.time[leg]) + shift, begins - float(sky.time[leg])
            if turn is not None and leg not in near and gap > 0:
                to, when = start + (at - start) * turn, begins + shift - gap * abs(turn)
            elif row["base"] is not None and abs(new - old) > 1.0:
                continue  # a row at a base elsewhere than at its base would say nothing true
            else:
                to = at + new - old
            lat, lon = to.imag / _KM, to.real / _KM / scale
            rows.append(_dated(row, when) | {"sites": [row["sites"][0] | {"lat": lat, "lon": lon}]})
        return rows

    def _watched(self, rng: Generator, rows: list[Row], number: int) -> list[Row]:
        """The rows that somebody was there to write; an observer who was not there lends the pen to one who was."""
        coverage = self._evidence.coverage.filter(pl.col("kind") == "sightings")
        pens: dict[object, object] = {}
        written: list[Row] = []
        for row in rows:
            able = _able(coverage, row)
            if not able:
                continue
            source = pens.get(row["source_id"], row["source_id"])
            if source not in able and None not in able:
                source = able[int(rng.integers(len(able)))]
            pens[row["source_id"]] = source
            sighting_id = f"POWER-{number:05d}-{len(written) + 1:02d}"
            written.append(row | {"sighting_id": sighting_id, "source_id": source, "covered": True})
        return written

    def transmissions(self, rng: Generator, attack: Planned, place: Place) -> list[Row]:
        """The call of an attack from the air that a whole radio log would hold, in the party's own language mostly."""
        evidence, radio = self._evidence, self._logs.radio
        heard = any(a <= attack.minute <= b for a, b in seen_at(evidence.coverage, place, "transmissions"))
        if (
            not heard
            or attack.mode not in AIRBORNE
            or not rng.random() < radio.heard.get(attack.party, radio.otherwise)
        ):
            return []
        own = rng.random() >= evidence.value("language_wrong")
        fitting = [row for row, party in self._calls if party is not None and (party == attack.party) == own]
        if not fitting:
            return []
        row = fitting[int(rng.integers(len(fitting)))]
        said_what = TIMED_CLASSES.index(row["call_class"])
        said = _dated(row, attack.minute + rng.normal(radio.lead[said_what], radio.spread[said_what]))
        where = {} if row["lat"] is None else {"lat": place.lat, "lon": place.lon}
        return [said | where | {"transmission_id": f"POWER-{attack.number:05d}-R", "phrase": row["call_class"]}]


def _able(coverage: pl.DataFrame, row: Mapping[str, Any]) -> list[object]:
    """Who keeps a whole log of a row's time and place, sorted; None among them: every source."""
    site, minute = row["sites"][0], row["t_lo"]
    inside = pl.col("west").is_null() | (
        pl.lit(site["lon"]).is_between(pl.col("west"), pl.col("east"))
        & pl.lit(site["lat"]).is_between(pl.col("south"), pl.col("north"))
    )
    there = coverage.filter(pl.lit(minute).is_between(pl.col("start"), pl.col("end")), inside)["source_id"]
    return sorted(there.unique().to_list(), key=lambda name: (name is not None, name))


def _dated(row: Mapping[str, Any], minute: Minutes) -> Row:
    """The row at another time, to the whole minute as logs are kept."""
    whole = float(np.floor(minute))
    moment = moment_at(whole)
    return {**row, "t_lo": whole, "t_hi": whole, "time_lo": moment, "time_hi": moment}
