"""What each finding hangs on: removal of sources, ranges of assumptions, rivals, evidence still obtainable."""

from __future__ import annotations

from collections.abc import Sequence

from consilience.corroborate.assumption_range import box_of, over_box
from consilience.corroborate.bench import Bench
from consilience.corroborate.breakdown import Conclusion, break_down, groups_of
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import Shared, flights_of, model_incident, radio_of, share
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.log_variants import LogVariants
from consilience.corroborate.next_evidence import next_evidence
from consilience.corroborate.rivals import rivals_of
from consilience.errors import UsageError
from consilience.records.sensitivity import Sensitivity
from consilience.records.weighed import WeighedIncident


class Prober:
    """Asks of one case, with its log model from `fit_logs`. What its incidents share is made once."""

    def __init__(
        self, evidence: CaseEvidence, logs: LogModel, conclusion: Conclusion, shared: Shared | None = None
    ) -> None:
        self._logs, self._conclusion = logs, conclusion
        self._shared = shared or share(evidence)
        self._variants = LogVariants(evidence, logs)
        self._box = box_of(evidence)
        self._rows = {row["incident_id"]: row for row in evidence.incidents.iter_rows(named=True)}

    def probe(self, weighed: WeighedIncident) -> Sensitivity:
        """Everything of `records.sensitivity` for one weighed incident; `conclusion` says when two answers differ."""
        row = self._rows[weighed.incident_id]
        bench = Bench(row, self._shared, self._variants)
        answers = over_box(bench, self._box)
        model = model_incident(row, self._shared, self._logs)
        flights = flights_of(model, self._logs)
        radio = radio_of(model, self._logs)
        posterior = model.posterior(model.logs(flights, radio))
        return Sensitivity(
            breakdown=break_down(bench, groups_of(bench, *_listed(weighed)), self._conclusion),
            party_range=answers.party_range,
            ends=answers.ends,
            swings=answers.swings,
            rivals=rivals_of(model, flights, radio, posterior),
            next_evidence=next_evidence(model, posterior, self._logs, log_covers=weighed.log_covers),
        )

    def bench(self, incident_id: str) -> Bench:
        """One incident on the bench; UsageError if the case has none of that id."""
        if incident_id not in self._rows:
            known = ", ".join(sorted(self._rows))
            raise UsageError("there is no such incident", where=incident_id, remedy=f"Choose one of {known}.")
        return Bench(self._rows[incident_id], self._shared, self._variants)


def _listed(weighed: WeighedIncident) -> tuple[Sequence[str], Sequence[str]]:
    tracks = [track.track_id for track in weighed.tracks]
    return tracks, [piece.evidence_id for piece in weighed.pieces if piece.kind == "transmission"]
