"""WEIGH over a whole case: each incident's posterior, then how often chance alone says as much as the log of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from consilience.casework import fitted_store
from consilience.casework.batches import Batches, Progress, Stage
from consilience.casework.cache import StageCache, stage_key
from consilience.casework.placebo_pass import with_placebo
from consilience.casework.single_source import with_carrier
from consilience.casework.weighed_store import from_bytes, to_bytes
from consilience.conclude.sensitivity import conclusion_of
from consilience.corroborate.evidence import CaseEvidence, without_whole_logs
from consilience.corroborate.fitted import describe
from consilience.corroborate.incident_model import Shared, share
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.probe import Prober
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.quantities import Digest
from consilience.records.weighed import WeighedIncident

MOST_PROBED = 500
"""Cases of more incidents are weighed without asking what each finding hangs on, nor how often chance says as much:
under a whole log of thousands of flights that takes half a second an incident, fifty times as long as the weighing
itself. Whether one source alone carries a single name is asked in every case."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Every incident's posterior, in the order of ids, and the content of log-model.json: what the logs taught.

    `log_model` is None where no log of the case is declared whole.
    """

    incidents: tuple[WeighedIncident, ...]
    log_model: bytes | None


def weigh_case(
    evidence: CaseEvidence, inputs: Digest, cache: StageCache, *, workers: int, progress: Progress
) -> Weighed:
    """Weigh all incidents. `inputs` is the digest of all that `evidence` was made from.

    What the logs taught is kept beside the batches: nothing is fitted where all is there.
    """
    batches = Batches(_WEIGH, evidence.incidents["incident_id"], inputs, cache, progress)
    fitting = _Fitting(evidence, progress)
    log_model = _log_model(fitting, inputs, cache, is_known=batches.are_done)
    if not batches.are_done:
        logs = fitting.logs()
        batches.work((evidence, logs), (without_whole_logs(evidence), logs), workers)
    incidents = tuple(one for result in batches.results() for one in from_bytes(result))
    if len(incidents) <= MOST_PROBED:
        incidents = with_placebo(
            incidents, evidence, fitting.logs, inputs, cache, workers=workers, progress=progress
        )  # fmt: skip
    return Weighed(incidents, log_model or None)


@dataclass(slots=True)
class _Fitting:
    """What the logs of a case teach, fitted when it is first asked for and not again."""

    evidence: CaseEvidence
    progress: Progress
    _fitted: list[LogModel] = field(default_factory=list)

    def logs(self) -> LogModel:
        if not self._fitted:
            told = self.progress
            self._fitted.append(fit_logs(self.evidence, lambda done, total: told("fit logs", done, total)))
        return self._fitted[0]


def _log_model(fitting: _Fitting, inputs: Digest, cache: StageCache, *, is_known: bool) -> bytes:
    """What the logs taught as it is written, nothing where none is whole: as it is kept, if all is known."""
    key = stage_key("log model", {"inputs": inputs})
    kept = cache.get(key)
    if kept is None or not is_known:
        model = describe(fitting.evidence, fitting.logs())
        kept = b"" if model is None else fitted_store.to_bytes(model, fitting.evidence.settings.id)
        cache.put(key, kept)
    return kept


@dataclass(frozen=True, slots=True)
class _Ready:
    """A case ready to be weighed; `prober` asks what findings hang on, None where nothing is to be asked."""

    evidence: CaseEvidence
    logs: LogModel
    shared: Shared
    prober: Prober | None


def _ready(given: tuple[CaseEvidence, LogModel]) -> _Ready:
    evidence, logs = given
    shared, prober = share(evidence), None
    if evidence.incidents.height <= MOST_PROBED or evidence.settings.single_source != "off":
        prober = Prober(evidence, logs, conclusion_of(evidence.settings), shared)
    return _Ready(evidence, logs, shared, prober)


def _weigh(ready: _Ready, batch: Sequence[str]) -> bytes:
    evidence, prober = ready.evidence, ready.prober
    weighed = weigh_incidents(evidence, ready.logs, batch, ready.shared)
    if prober is not None and evidence.settings.single_source != "off":
        weighed = tuple(with_carrier(one, prober, evidence.settings) for one in weighed)
    if prober is not None and evidence.incidents.height <= MOST_PROBED:
        weighed = tuple(replace(one, sensitivity=prober.probe(one)) for one in weighed)
    return to_bytes(weighed)


_WEIGH = Stage("weigh", _ready, _weigh)
