"""What the logs add to one incident's posterior, under other assumptions or without some of their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import Setting, Shared, added_by_logs, core_of, groups_among
from consilience.corroborate.likelihood.calls import radio_term
from consilience.corroborate.likelihood.flights import flight_term
from consilience.corroborate.likelihood.selections import PrintedRow, printed_rows
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
        kept: NDArray[np.bool_],
    ) -> None:
        self._setting, self._shared, self._variants = setting, shared, variants
        self._has_radio = "transmissions" in shared.evidence.coverage["kind"]
        self._core = core_of(setting.grid, terms)
        self._kept, self._moments = kept, setting.grid[kept]
        self._made: dict[tuple[bool, frozenset[str]], Ratio] = {}
        evidence, record = under(shared.evidence, {})
        printed = self.printed(evidence)
        self.publishers = frozenset(row.publisher for row in printed)
        self.groups = groups_among(terms, printed, setting, shared)
        """The dependence group of everybody who speaks of the incident, before anybody is gone."""
        self._made[False, frozenset()] = self._make(evidence, {}, frozenset(), whole=False)
        self.read = frozenset(record.read) | variants.names

    def ratio(self, values: Mapping[str, float], without: frozenset[str]) -> Ratio:
        """(T, K) on the kept moments, or on the whole grid where sources are gone."""
        changed = {name: value for name, value in values.items() if name in self.read}
        gone = without & self.sources
        whole = bool(without)
        if changed:
            return self._make(under(self._shared.evidence, values)[0], changed, gone, whole=whole)
        if (whole, gone) not in self._made:
            self._made[whole, gone] = self._make(self._shared.evidence, {}, gone, whole=whole)
        return self._made[whole, gone]

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

    def _left(self, evidence: CaseEvidence, gone: frozenset[str], whole: bool) -> list[PrintedRow]:
        """The printed rows of publishers that are not gone, each in its dependence group."""
        rows = [replace(row, group=self.groups[row.publisher]) for row in self.printed(evidence)]
        rows = [row for row in rows if row.publisher not in gone]
        return rows if whole else [row.thinned(self._kept) for row in rows]

    def _make(
        self,
        evidence: CaseEvidence,
        values: Mapping[str, float],
        gone: frozenset[str],
        *,
        whole: bool,
    ) -> Ratio:
        setting, kinds = self._setting, self._setting.hypotheses
        moments = setting.grid if whole else self._moments
        logs = self._variants.under(values)
        silenced = gone & self._variants.sources
        if silenced:
            away = pl.col("source_id").is_in(sorted(silenced)).fill_null(value=False)
            evidence = replace(evidence, coverage=evidence.coverage.filter(~away))
        calls, flights = logs.calls, []
        if silenced:
            calls = calls.filter(~pl.col("source_id").is_in(sorted(silenced)).fill_null(value=False))
        for site in setting.sites:
            local = self._variants.without(logs, values, silenced, site) if silenced else logs
            flights.append(
                flight_term(
                    local.sky, local.passes[site], site[:2], moments, local.marks, logs.background, logs.attacker, kinds
                )
            )
        radio = radio_term(calls, setting.sites, moments, kinds, evidence) if self._has_radio else None
        cap = evidence.value("selection_cap")
        shape = (len(moments), len(kinds))
        return np.asarray(np.exp(added_by_logs(self._left(evidence, gone, whole), radio, flights, cap, shape)))
