"""The log model under other assumptions, or without some of its sources; what the log taught is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import polars as pl

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood.flights import AttackerModel, attacker_from
from consilience.corroborate.likelihood.radio import RadioModel, radio_from, refit_radio
from consilience.corroborate.log_model import LogModel, refit
from consilience.corroborate.marks import FlightMarks, flight_marks
from consilience.corroborate.recorded import under
from consilience.corroborate.sky import build_sky

Site = tuple[float, float, float]


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
        flight_marks(recorded_evidence)
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
            self._marks[key] = flight_marks(under(self._evidence, dict(key))[0], self.logs.marks.fleet.mix)
        return self._marks[key]

    @cached_property
    def sources(self) -> frozenset[str]:
        """Everybody who kept a whole log."""
        sightings = self._evidence.sightings.join(self._evidence.legs, on="sighting_id", how="semi")
        return frozenset(sightings["source_id"].drop_nulls()) | frozenset(self.logs.calls["source_id"].drop_nulls())

    def sources_of(self, tracks: Sequence[str], calls: Sequence[str]) -> frozenset[str]:
        """Who wrote the sightings of some flights, or some transmissions."""
        legs = self._evidence.legs.filter(pl.col("track_id").is_in(list(tracks)))
        seen = self._evidence.sightings.join(legs, on="sighting_id", how="semi")["source_id"]
        heard = self.logs.calls.filter(pl.col("transmission_id").is_in(list(calls)))["source_id"]
        return frozenset(seen.drop_nulls()) | frozenset(heard.drop_nulls())

    def without(self, logs: LogModel, values: Mapping[str, float], sources: frozenset[str], site: Site) -> LogModel:
        """A log model without some sources, good for one site alone."""
        evidence, _ = under(self._evidence, values)
        passing = [logs.sky.track_ids[int(track)] for track in logs.passes[site].track]
        gone = pl.col("source_id").is_in(sorted(sources)).fill_null(value=False)
        legs = evidence.legs.filter(pl.col("track_id").is_in(passing))
        sightings = evidence.sightings.join(legs, on="sighting_id", how="semi").filter(~gone)
        part = replace(
            evidence,
            sightings=sightings,
            legs=legs.join(sightings, on="sighting_id", how="semi"),
            coverage=evidence.coverage.filter(~gone),
        )
        sky = replace(build_sky(part), track_start=logs.sky.track_start)
        marks = flight_marks(part, logs.marks.fleet.mix, logs.marks.fleet.rights)
        return replace(logs, sky=sky, marks=marks, passes={site: sky.passes(*site)})
