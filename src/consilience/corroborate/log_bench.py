"""What the logs add to one incident's posterior, under other assumptions or without some of their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import Setting, Shared, added_by_logs, core_of, groups_among
from consilience.corroborate.likelihood.flights import encounter, flight_term
from consilience.corroborate.likelihood.radio import radio_term, reception
from consilience.corroborate.likelihood.selections import PrintedRow, printed_rows
from consilience.corroborate.log_model import radio_log_of
from consilience.corroborate.log_variants import LogVariants
from consilience.corroborate.recorded import under
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
        self._core = core_of(setting.grid, terms)
        self._moments = setting.grid[setting.thinning.kept]
        self._made: dict[frozenset[str], Ratio] = {}
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
        """Who wrote the sightings of some flights, or some transmissions."""
        return self._variants.sources_of(tracks, calls)

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
        silenced = gone & self._variants.sources
        if silenced:
            away = pl.col("source_id").is_in(sorted(silenced)).fill_null(value=False)
            evidence = replace(evidence, coverage=evidence.coverage.filter(~away))
        radio_log, flights = logs.radio_log, []
        if silenced:
            calls = logs.calls.filter(~pl.col("source_id").is_in(sorted(silenced)).fill_null(value=False))
            radio_log = radio_log_of(calls, evidence, logs.radio)
        for site in setting.sites:
            local = self._variants.without(logs, values, silenced, site) if silenced else logs
            near = encounter(local.sky, local.passes[site], site[:2], moments, local.marks, logs.background, kinds)
            flights.append(None if near is None else flight_term(near, logs.attacker))
        received = None if radio_log is None else reception(radio_log, setting.sites, moments, kinds, evidence)
        radio = None if received is None else radio_term(received, logs.radio)
        cap = evidence.value("selection_cap")
        shape = (len(moments), len(kinds))
        return np.asarray(np.exp(added_by_logs(self._left(evidence, gone), radio, flights, cap, shape)))
