"""The log model under other assumptions, or without some of its sources; what the log taught is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood.flights import AttackerModel, attacker_from
from consilience.corroborate.likelihood.radio import RadioModel, radio_from, refit_radio
from consilience.corroborate.log_model import LogModel, refit
from consilience.corroborate.marks import FlightMarks, flight_marks
from consilience.corroborate.recorded import under


class LogVariants:
    """Variants of one case's log model, each made once.

    Sightings stay joined to the flights that they were joined to. Under other assumptions the attacker's model is drawn
    to their values by one M-step from what the fitted model expected (`LogModel.seen`), and words are read anew.
    Without a source its rows and its own coverage are gone, and flights keep their other sightings. The fleet mix, the
    background and the activity of the sky stay those of the whole log.
    """

    def __init__(self, evidence: CaseEvidence, logs: LogModel) -> None:
        self.logs = logs
        self._evidence = evidence
        self._marks: dict[tuple[tuple[str, float], ...], FlightMarks] = {}
        recorded_evidence, recorded = under(evidence, {})
        flight_marks(logs.marks.words, recorded_evidence, logs.marks.fleet.mix)
        self._mark_names = frozenset(recorded.read)
        attacker_from(recorded_evidence.assumptions)
        radio_from(recorded_evidence.assumptions, evidence.settings.parties)
        strengths = {"fit_strength", "call_fit_strength", "background_strength", "sky_strength"}
        self.names = frozenset(recorded.read) | strengths
        """The assumptions that the log model stands on."""

    def under(self, values: Mapping[str, float]) -> LogModel:
        """The log model under other values of named assumptions."""
        changed = {name: value for name, value in values.items() if name in self.names}
        if not changed:
            return self.logs
        evidence, _ = under(self._evidence, changed)
        return replace(
            self.logs,
            marks=self._marks_under(changed),
            attacker=self._attacker(evidence),
            radio=self._radio(evidence),
            background=replace(
                self.logs.background,
                strength=evidence.value("background_strength"),
                sky_strength=evidence.value("sky_strength"),
            ),
        )

    def _attacker(self, evidence: CaseEvidence) -> AttackerModel:
        """One M-step from what was seen, drawn to the assumptions of `evidence` and not to the values as they are."""
        start = attacker_from(evidence.assumptions)
        return refit(start, self.logs.seen, evidence.value("fit_strength"))

    def _radio(self, evidence: CaseEvidence) -> RadioModel:
        """The same for how attacks are heard."""
        start = radio_from(evidence.assumptions, evidence.settings.parties)
        return refit_radio(start, self.logs.heard, evidence.value("fit_strength"), evidence.value("call_fit_strength"))

    def _marks_under(self, values: Mapping[str, float]) -> FlightMarks:
        key = tuple(sorted((name, value) for name, value in values.items() if name in self._mark_names))
        if not key:
            return self.logs.marks
        if key not in self._marks:
            moved = dict(key)
            fitted = self.logs.marks.fleet.rights
            rights = replace(
                fitted,
                type_right=moved.get("spotter_type_right", fitted.type_right),
                operator_right=moved.get("operator_right", fitted.operator_right),
            )
            evidence = under(self._evidence, moved)[0]
            self._marks[key] = flight_marks(self.logs.marks.words, evidence, self.logs.marks.fleet.mix, rights)
        return self._marks[key]

    @cached_property
    def sources(self) -> frozenset[str]:
        """Everybody who kept a whole log."""
        radio = () if self.logs.radio_log is None else self.logs.radio_log.sources
        return frozenset(name for name in self.logs.sky.sources if name is not None) | frozenset(radio)
