"""The log model under other assumptions, or without some of its sources; what the log taught is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood.flights import AttackerModel, attacker_from
from consilience.corroborate.likelihood.radio import refit_radio
from consilience.corroborate.likelihood.radio_log import RadioModel, radio_from
from consilience.corroborate.log_model import LogModel, refit
from consilience.corroborate.marks import FlightMarks, flight_marks
from consilience.corroborate.recorded import under
from consilience.corroborate.sky import Background

Part = str
Chosen = tuple[tuple[str, float], ...]
"""Names of assumptions and values, sorted: of those that are changed, the ones that something reads."""


def chosen(values: Mapping[str, float], names: frozenset[str]) -> Chosen:
    """The values of some names."""
    return tuple(sorted((name, value) for name, value in values.items() if name in names))


class LogVariants:
    """Variants of one case's log model, part by part.

    Sightings stay joined to the flights that they were joined to. Under other assumptions the attacker's model is drawn
    to their values by one M-step from what the fitted model expected (`LogModel.seen`), and words are read anew.
    Without a source its rows and its own coverage are gone, and flights keep their other sightings. The fleet mix, the
    background and the activity of the sky stay those of the whole log.
    """

    def __init__(self, evidence: CaseEvidence, logs: LogModel) -> None:
        self.logs = logs
        self._evidence = evidence
        self._kept: dict[tuple[Part, Chosen], object] = {}
        self._make: Mapping[Part, Callable[[CaseEvidence], object]] = {
            "marks": self._marks,
            "background": self._background,
            "attacker": self._attacker,
            "radio": self._radio,
        }
        self.reads: Mapping[Part, frozenset[str]] = {part: self._read_by(make) for part, make in self._make.items()}
        """The assumptions on which each part of the log model stands."""
        self.names = frozenset[str]().union(*self.reads.values())

    def under(self, values: Mapping[str, float]) -> LogModel:
        """The log model under other values of named assumptions."""
        parts = {part: changed for part, names in self.reads.items() if (changed := chosen(values, names))}
        made: dict[str, Any] = {part: self._part(part, changed) for part, changed in parts.items()}
        return replace(self.logs, **made) if made else self.logs

    def _part(self, part: Part, changed: Chosen) -> object:
        """A part under other values; kept where a single one is changed, which is asked of every incident."""
        if (part, changed) in self._kept:
            return self._kept[part, changed]
        made = self._make[part](under(self._evidence, dict(changed))[0])
        if len(changed) == 1:
            self._kept[part, changed] = made
        return made

    def _read_by(self, make: Callable[[CaseEvidence], object]) -> frozenset[str]:
        evidence, recorded = under(self._evidence, {})
        make(evidence)
        return frozenset(recorded.read)

    def _background(self, evidence: CaseEvidence) -> Background:
        return replace(
            self.logs.background,
            strength=evidence.value("background_strength"),
            sky_strength=evidence.value("sky_strength"),
        )

    def _attacker(self, evidence: CaseEvidence) -> AttackerModel:
        """One M-step from what was seen, drawn to the assumptions of `evidence` and not to the values as they are."""
        start = attacker_from(evidence.assumptions)
        return refit(start, self.logs.seen, evidence.value("fit_strength"))

    def _radio(self, evidence: CaseEvidence) -> RadioModel:
        """The same for how attacks are heard."""
        start = radio_from(evidence.assumptions, evidence.settings.parties)
        return refit_radio(start, self.logs.heard, evidence.value("fit_strength"), evidence.value("call_fit_strength"))

    def _marks(self, evidence: CaseEvidence) -> FlightMarks:
        """Words read anew. How often observers are right is as it was fitted, but where the assumption behind it is
        moved: then it is what it was moved to, for the fit of a long log would hardly follow."""
        fitted = self.logs.marks.fleet.rights

        def right(name: str, as_fitted: float) -> float:
            value = evidence.value(name)
            return as_fitted if value == self._evidence.value(name) else value

        rights = replace(
            fitted,
            type_right=right("spotter_type_right", fitted.type_right),
            operator_right=right("operator_right", fitted.operator_right),
        )
        return flight_marks(self.logs.marks.words, evidence, self.logs.marks.fleet.mix, rights)

    @cached_property
    def sources(self) -> frozenset[str]:
        """Everybody who kept a whole log."""
        radio = () if self.logs.radio_log is None else self.logs.radio_log.sources
        return frozenset(name for name in self.logs.sky.sources if name is not None) | frozenset(radio)
