"""What the logs add to one incident's posterior, under other assumptions or without some of their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import Setting, Shared, added_by_logs, core_of, groups_among
from consilience.corroborate.likelihood.flights import Encounter, encounter, flight_term
from consilience.corroborate.likelihood.radio import Reception, radio_term, reception
from consilience.corroborate.likelihood.selections import PrintedRow, printed_rows
from consilience.corroborate.log_variants import LogVariants
from consilience.corroborate.recorded import under
from consilience.corroborate.sky import SEASON
from consilience.corroborate.terms import Term

Ratio = NDArray[np.float64]


class LogBench:
    """The likelihood ratio of flight log, radio log and printed rows, (T, K), made again where that is asked for.

    Which printed rows speak of the incident is settled once, by all accounts. `read` names the assumptions that it
    stands on, `publishers` who printed rows of it.
    """

    def __init__(
        self,
        setting: Setting,
        shared: Shared,
        variants: LogVariants,
        terms: Sequence[Term],
    ) -> None:
        self._setting, self._shared, self._variants = setting, shared, variants
        self._core = core_of(setting.clock, terms)
        self._moments = setting.clock.moments
        self._made: dict[frozenset[str], Ratio] = {}
        self._near: Sequence[Encounter | None] = ()
        self._received: Reception | None = None
        evidence, record = under(shared.evidence, {})
        printed = self.printed(evidence)
        self.publishers = frozenset(row.publisher for row in printed)
        self.groups = groups_among(terms, printed, setting, shared)
        """The dependence group of everybody who speaks of the incident, before anybody is gone."""
        self._made[frozenset()] = self._make(evidence, {}, frozenset())
        self.read = frozenset(record.read) | variants.names

    def ratio(self, values: Mapping[str, float], without: frozenset[str]) -> Ratio:
        """(T, K) on the moments that are weighed."""
        changed = {name: value for name, value in values.items() if name in self.read}
        gone = without & self.sources
        if changed:
            return self._make(under(self._shared.evidence, values)[0], changed, gone)
        if gone not in self._made:
            self._made[gone] = self._make(self._shared.evidence, {}, gone)
        return self._made[gone]

    def logged_by(self, tracks: Sequence[str], calls: Sequence[str]) -> frozenset[str]:
        """Who wrote the sightings of some flights near the incident, or some transmissions around it."""
        sky, radio = self._variants.logs.sky, self._variants.logs.radio_log
        found: set[str | None] = set()
        for track in {int(track) for near in self._near if near is not None for track in near.tracks}:
            if sky.tracks[track] in tracks:
                found.update(sky.sources[k] for k in sky.source[sky.starts[track] : sky.starts[track + 1]])
        if radio is not None and self._received is not None:
            here = [int(call) for call in self._received.call if radio.ids[int(call)] in calls]
            found.update(radio.sources[k] for k in radio.source[here] if k >= 0)
        return frozenset(name for name in found if name is not None)

    @property
    def sources(self) -> frozenset[str]:
        """Everybody who wrote a row of a log or printed one that speaks of the incident."""
        return self._variants.sources | self.publishers

    def printed(self, evidence: CaseEvidence) -> list[PrintedRow]:
        """The printed rows that speak of the incident, on the whole grid."""
        shared, setting = self._shared, self._setting
        sites, grid, kinds = setting.sites, setting.grid, setting.hypotheses
        return printed_rows(shared.uncovered, sites, self._core, grid, kinds, evidence)

    def _left(self, evidence: CaseEvidence, gone: frozenset[str]) -> list[PrintedRow]:
        """The printed rows of publishers that are not gone, each in its dependence group."""
        rows = [replace(row, group=self.groups[row.publisher]) for row in self.printed(evidence)]
        return [row.thinned(self._setting.thinning.kept) for row in rows if row.publisher not in gone]

    def _make(self, evidence: CaseEvidence, values: Mapping[str, float], gone: frozenset[str]) -> Ratio:
        setting, kinds, moments = self._setting, self._setting.hypotheses, self._moments
        logs = self._variants.under(values)
        sky, radio_log = logs.sky, logs.radio_log
        silenced = gone & self._variants.sources
        if silenced:
            sky = sky.without(silenced)
            if radio_log is not None:
                since, until = float(moments[0]) - 2 * SEASON, float(moments[-1]) + 2 * SEASON
                radio_log = radio_log.without(silenced, since, until)
        near = [encounter(sky, site, moments, logs.marks, logs.background, kinds) for site in setting.sites]
        received = None if radio_log is None else reception(radio_log, setting.sites, moments, kinds, evidence)
        if not gone and not values:
            self._near, self._received = near, received
        flights = [None if one is None else flight_term(one, logs.attacker) for one in near]
        radio = None if received is None else radio_term(received, logs.radio)
        cap = evidence.value("selection_cap")
        shape = (len(moments), len(kinds))
        return added_by_logs(self._left(evidence, gone), radio, flights, cap, shape)
