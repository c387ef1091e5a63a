"""One incident's published findings beside its truth: the row on which every figure of calibration stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np

from consilience.quantities import Minutes, minutes_since_epoch
from consilience.records.weighed import WeighedIncident

ATTACKER_UNFLOWN = -1
"""`attacker_rows` where no flight did it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was published of one incident, and whether it was right.

    `first`, `second`: published probabilities of the case's two parties. `truth` are the parties that did it, empty
    where there was no attack; `named` the attribution set, empty where nobody is named. `late` (minutes): the published
    median less the true time; `held`: the 95 % interval holds the true time; `rank`: the posterior's share before the
    true minute; the three are None where there was no attack. `accounts` of the incident; `attacker_rows`: rows of the
    log that are of the attacking flights, -1 where none flew; `carried_by`: the source on which one named party hangs,
    None where none does or it was not asked.
    """

    world: int
    incident_id: str
    is_attack: bool
    truth: tuple[str, ...]
    named: tuple[str, ...]
    first: float
    second: float
    late: Minutes | None
    held: bool | None
    rank: float | None
    accounts: int
    attacker_rows: int
    carried_by: str | None = None

    def as_json(self) -> list[object]:
        """The values in the order of the fields."""
        return list(asdict(self).values())

    @staticmethod
    def from_json(row: Sequence[Any]) -> Judged:
        """What `as_json` gave, back from JSON."""
        values = dict(zip((f.name for f in fields(Judged)), row, strict=True))
        return Judged(**(values | {"truth": tuple(values["truth"]), "named": tuple(values["named"])}))


def judge(
    world: int,
    blocks: Sequence[Mapping[str, Any]],
    weighed: Sequence[WeighedIncident],
    truth: Mapping[str, Any],
    parties: Sequence[str],
) -> Iterator[Judged]:
    """A row for each published block; `weighed` in any order, `truth` the content of truth.json."""
    of_incident = {one.incident_id: one for one in weighed}
    true_rows = {row["incident_id"]: row for row in truth["incidents"]}
    logged = _logged(truth)
    for block in blocks:
        name = block["incident_id"]
        true = true_rows[name]
        at = _minute(true["time"]) if true["attack"] else None
        time = {key: _minute(block["time"][key]) for key in ("median", "low", "high")}
        flights = true["flight_ids"]
        yield Judged(
            world=world,
            incident_id=name,
            is_attack=true["attack"],
            truth=tuple(true["parties"]),
            named=tuple(block["attribution"]["set"]),
            first=block["party"][parties[0]],
            second=block["party"][parties[1]],
            late=None if at is None else round(time["median"] - at, 3),
            held=None if at is None else time["low"] <= at <= time["high"],
            rank=None if at is None else _rank(of_incident[name], at),
            accounts=sum(piece["kind"] == "account" for piece in block["evidence"]),
            attacker_rows=sum(logged.get(flight, 0) for flight in flights) if flights else ATTACKER_UNFLOWN,
            carried_by=block["attribution"]["single_source"],
        )


def _logged(truth: Mapping[str, Any]) -> dict[str, int]:
    """How many rows of the log are of each flight."""
    counts: dict[str, int] = {}
    for row in truth["sightings"]:
        if row["flight_id"] is not None:
            counts[row["flight_id"]] = counts.get(row["flight_id"], 0) + 1
    return counts


def _minute(text: str) -> Minutes:
    return minutes_since_epoch(datetime.fromisoformat(text))


def _rank(one: WeighedIncident, at: Minutes) -> float:
    """The posterior probability of moments before the true one; a grid point holds its mass over half a step aside."""
    step = float(one.minutes[1] - one.minutes[0])
    before = np.clip((at - one.minutes) / step + 0.5, 0.0, 1.0)
    return round(float(one.time_density @ before), 6)
