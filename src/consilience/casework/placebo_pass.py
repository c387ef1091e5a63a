"""The placebo over a whole case: a second pass, since shifts keep clear of the time found for every incident."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import polars as pl

from consilience.casework.batches import Batches, Progress, Stage
from consilience.casework.cache import StageCache
from consilience.corroborate.evidence import CaseEvidence, without_whole_logs
from consilience.corroborate.incident_model import Shared, model_incident, share
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.placebo import Span, placebo
from consilience.quantities import Digest
from consilience.records.weighed import Placebo, WeighedIncident

LEAST_SHARED = 30
"""Our choice: fewer incidents (a tenth of a second each) take less time than starting workers and handing them logs."""


def with_placebo(
    weighed: Sequence[WeighedIncident],
    evidence: CaseEvidence,
    logs: Callable[[], LogModel],
    inputs: Digest,
    cache: StageCache,
    *,
    workers: int,
    progress: Progress,
) -> tuple[WeighedIncident, ...]:
    """All incidents of a case, each with how often chance alone says as much as the log says of it.

    `inputs` is the digest of all that `evidence` was made from, and `weighed` with it. `logs` is asked only where
    something isn't kept.
    """
    batches = Batches(_PLACEBO, (one.incident_id for one in weighed), inputs, cache, progress)
    if not batches.are_done:
        found, learnt = tuple((one.time_low, one.time_high) for one in weighed), logs()
        many = workers if len(weighed) >= LEAST_SHARED else 1
        batches.work((evidence, learnt, found), (without_whole_logs(evidence), learnt, found), many)
    told = {name: Placebo(**one) for result in batches.results() for name, one in json.loads(result).items()}
    return tuple(replace(one, placebo=told[one.incident_id]) for one in weighed)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A case whose log is to be shifted; `found` are the time intervals that shifts keep clear of."""

    shared: Shared
    logs: LogModel
    found: tuple[Span, ...]


def _ready(given: tuple[CaseEvidence, LogModel, tuple[Span, ...]]) -> _Ready:
    evidence, logs, found = given
    return _Ready(share(evidence), logs, found)


def _shift(ready: _Ready, batch: Sequence[str]) -> bytes:
    """JSON, which repeats a double exactly: by id the fields of its `Placebo`."""
    rows = ready.shared.evidence.incidents.filter(pl.col("incident_id").is_in(list(batch))).sort("incident_id")
    told = {
        row["incident_id"]: asdict(placebo(model_incident(row, ready.shared, ready.logs), ready.logs, ready.found))
        for row in rows.iter_rows(named=True)
    }
    return json.dumps(told).encode()


_PLACEBO = Stage("placebo", _ready, _shift)
