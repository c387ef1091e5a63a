"""A batch of planted attacks put into a copy of the case, weighed by the front doors, and what would be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl

from consilience.casework.calibrate.planned_attacks import Place, Planned
from consilience.casework.calibrate.planted_flight import LogHand
from consilience.casework.calibrate.told_of_attack import Tellers, incident_id
from consilience.casework.single_source import with_carrier
from consilience.casework.situating import Situated, join_flights, parameters_of
from consilience.casework.weighing import MOST_PROBED
from consilience.conclude.findings import conclude
from consilience.conclude.sensitivity import conclusion_of
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.log_model import LogModel, read_logs
from consilience.corroborate.probe import Prober
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.quantities import Digest
from consilience.records.weighed import WeighedIncident

RIGHT, WRONG, OPEN = "right", "wrong", "open"


@dataclass(frozen=True, slots=True)
class Attributed:
    """A planted attack and its answer. `rows`: how many rows of the log and calls its makers left; `named` the
    published set, `relation` how to read it (None: nobody)."""

    number: int
    party: str
    mode: str
    platform: str
    minute: float
    is_covered: bool
    rows: int
    named: tuple[str, ...]
    relation: str | None

    @property
    def outcome(self) -> str:
        """Right where the one party named did it; wrong where another is named, or both are said to have; else open."""
        if self.relation == "together" or (len(self.named) == 1 and self.named[0] != self.party):
            return WRONG
        return RIGHT if len(self.named) == 1 else OPEN

    def as_json(self) -> dict[str, Any]:
        """Its fields by name."""
        return asdict(self)

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> Attributed:
        """What `as_json` gave, back from JSON."""
        assert set(row) == {f.name for f in fields(Attributed)}
        return Attributed(**{**row, "named": tuple(row["named"])})


@dataclass(frozen=True, slots=True)
class Ready:
    """A case ready to be planted in: `situated.evidence` with its flights joined, its log model fitted once."""

    situated: Situated
    logs: LogModel
    case_digest: Digest
    places: tuple[Place, ...]
    seed: int


def ready(situated: Situated, case_digest: Digest, places: tuple[Place, ...], seed: int) -> Ready:
    """Join the flights of the case as it is and fit its logs."""
    evidence = replace(situated.evidence, legs=join_flights(situated.evidence))
    return Ready(replace(situated, evidence=evidence), fit_logs(evidence), case_digest, places, seed)


def attribute_batch(batch: Sequence[Planned], case: Ready) -> list[Attributed]:
    """The answers of one batch, in its order. Deterministic: each attack has a stream of chance of its own."""
    evidence, left = _planted(batch, case)
    logs = read_anew(case.logs, evidence)
    weighed = weigh_incidents(evidence, logs, [incident_id(attack) for attack in batch])
    blocks = _concluded(case, evidence, weighed)
    single = {name for name, block in blocks.items() if len(block["attribution"]["set"]) == 1}
    if single:
        blocks |= _concluded(
            case, evidence, _asked(case, evidence, logs, [w for w in weighed if w.incident_id in single])
        )
    return [_answer(attack, blocks[incident_id(attack)], left[attack.number]) for attack in batch]


def _asked(
    case: Ready, evidence: CaseEvidence, logs: LogModel, weighed: Sequence[WeighedIncident]
) -> list[WeighedIncident]:
    """Incidents in which one party is named, with what a run would ask before it names one."""
    settings, asked = evidence.settings, list(weighed)
    prober = Prober(evidence, logs, conclusion_of(settings))
    if settings.single_source == "widen":
        asked = [with_carrier(one, prober, settings) for one in asked]
    if case.situated.evidence.incidents.height <= MOST_PROBED:
        asked = [replace(one, sensitivity=prober.probe(one)) for one in asked]
    return asked


def read_anew(logs: LogModel, evidence: CaseEvidence) -> LogModel:
    """The fitted model over other rows: flights, words and rates as these say, attacker and radio as fitted."""
    return replace(read_logs(evidence), attacker=logs.attacker, seen=logs.seen, radio=logs.radio, heard=logs.heard)


def _planted(batch: Sequence[Planned], case: Ready) -> tuple[CaseEvidence, dict[int, int]]:
    """The case with the batch in it and its flights joined anew, and how many rows each attack left in the logs."""
    evidence = case.situated.evidence
    tellers, hand = Tellers(evidence), LogHand(evidence, case.logs)
    added: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("incidents", "accounts", "sources", "sightings", "transmissions")
    }
    left = {}
    for attack in batch:
        rng, place = np.random.default_rng([case.seed, attack.number]), case.places[attack.place]
        accounts, sources = tellers.tell(rng, attack, place)
        rows, calls = hand.sightings(rng, attack, place), hand.transmissions(rng, attack, place)
        left[attack.number] = len(rows) + len(calls)
        added["incidents"].append(_incident(attack, place))
        for name, some in zip(added, ([], accounts, sources, rows, calls), strict=True):
            added[name] += some
    tables: dict[str, pl.DataFrame] = {name: _with_rows(getattr(evidence, name), rows) for name, rows in added.items()}
    planted = replace(evidence, **tables)  # type: ignore[arg-type]
    return (replace(planted, legs=join_flights(planted)) if added["sightings"] else planted), left


def _incident(attack: Planned, place: Place) -> dict[str, Any]:
    site = {"name": place.place or "", "lat": place.lat, "lon": place.lon, "error_m": place.error_m}
    return {
        "incident_id": incident_id(attack),
        "facility_id": place.facility_id,
        "place": place.place,
        "sites": [site],
        "site_basis": "facility" if place.facility_id else "place",
    }


def _with_rows(frame: pl.DataFrame, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The frame with rows more; what a row doesn't name is null, what the frame doesn't know is dropped."""
    if not rows:
        return frame
    kept = [{name: row.get(name) for name in frame.columns} for row in rows]
    return pl.concat([frame, pl.DataFrame(kept, schema=frame.schema)])


def _concluded(case: Ready, evidence: CaseEvidence, weighed: Sequence[WeighedIncident]) -> dict[str, dict[str, Any]]:
    """The published block of each incident, by id."""
    records = case.situated.records
    columns = records.tables["incidents"].columns
    tables = {**records.tables, "incidents": evidence.incidents.select(columns)}
    found = conclude(
        replace(records, tables=tables), weighed, parameters_of(evidence), case_digest=case.case_digest
    )  # fmt: skip
    return {block["incident_id"]: block for block in found["incidents"]}


def _answer(attack: Planned, block: Mapping[str, Any], rows: int) -> Attributed:
    named = block["attribution"]
    return Attributed(
        attack.number, attack.party, attack.mode, attack.platform, attack.minute, attack.is_covered, rows,
        tuple(named["set"]), named["relation"],
    )  # fmt: skip
