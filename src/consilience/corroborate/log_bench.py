"""What the logs add to one incident's posterior, under other assumptions or without some of their sources."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import Setting, Shared, added_by_logs, core_of, groups_among
from consilience.corroborate.likelihood.flights import Encounter, encounter, flight_term
from consilience.corroborate.likelihood.radio import Reception, radio_term, reception
from consilience.corroborate.likelihood.selections import PrintedRow, printed_rows
from consilience.corroborate.log_variants import LogVariants, chosen
from consilience.corroborate.recorded import under
from consilience.corroborate.sky import SEASON
from consilience.corroborate.terms import Term

Ratio = NDArray[np.float64]
Made = TypeVar("Made")
NOBODY: frozenset[str] = frozenset()


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
        self._kept: dict[Hashable, Any] = {}
        self._reads: dict[str, frozenset[str]] = {}
        printed = self._recorded("printed", self.printed)
        self.publishers = frozenset(row.publisher for row in printed)
        self.groups = groups_among(terms, printed, setting, shared)
        """The dependence group of everybody who speaks of the incident, before anybody is gone."""
        self._recorded("reception", lambda evidence: self._reception(evidence, NOBODY))
        self._recorded("cap", lambda evidence: evidence.value("selection_cap"))
        self.read = frozenset[str]().union(*self._reads.values()) | variants.names

    def ratio(self, values: Mapping[str, float], without: frozenset[str]) -> Ratio:
        """(T, K) on the moments that are weighed: the product of its parts, of which those are made that change."""
        gone = without & self.sources
        silenced, quiet = gone & self._variants.sources, gone & self.publishers
        shape = (len(self._moments), len(self._setting.hypotheses))
        reads = self._variants.reads
        flights_key = [chosen(values, reads[part]) for part in ("marks", "background", "attacker")]
        radio_key = [chosen(values, self._reads["reception"]), chosen(values, reads["radio"])]
        printed_key = [chosen(values, self._reads["printed"]), chosen(values, self._reads["cap"])]

        def flights() -> Ratio:
            logs = self._variants.under(values)
            near = self._near(values, silenced)
            terms = [None if one is None else flight_term(one, logs.attacker) for one in near]
            return added_by_logs((), None, terms, 1.0, shape)

        def radio() -> Ratio:
            key = ("reception", radio_key[0], silenced)
            received = self._once(key, lambda: self._reception(self._under(values), silenced))
            if received is None:
                return np.ones(shape)
            return added_by_logs((), radio_term(received, self._variants.under(values).radio), (), 1.0, shape)

        def printed() -> Ratio:
            evidence = self._under(values)
            return added_by_logs(self._left(evidence, quiet), None, (), evidence.value("selection_cap"), shape)

        whole = self._once(("flights", *flights_key, silenced), flights)
        if self._variants.logs.radio_log is not None:
            whole = whole * self._once(("radio", *radio_key, silenced), radio)
        if self.publishers:
            whole = whole * self._once(("printed", *printed_key, quiet), printed)
        return np.asarray(whole)

    def _once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        if key not in self._kept:
            self._kept[key] = make()
        made: Made = self._kept[key]
        return made

    def _recorded(self, what: str, make: Callable[[CaseEvidence], Made]) -> Made:
        """`make` as things are, and a note of the assumptions that it read."""
        evidence, record = under(self._shared.evidence, {})
        made = make(evidence)
        self._reads[what] = frozenset(record.read)
        return made

    def _under(self, values: Mapping[str, float]) -> CaseEvidence:
        return under(self._shared.evidence, values)[0]

    def _near(self, values: Mapping[str, float], silenced: frozenset[str]) -> Sequence[Encounter | None]:
        """The flights near each site, without what some sources wrote of them."""
        parts = [chosen(values, self._variants.reads[part]) for part in ("marks", "background")]

        def make() -> Sequence[Encounter | None]:
            logs, setting = self._variants.under(values), self._setting
            sky = logs.sky.without(silenced) if silenced else logs.sky
            return [
                encounter(sky, site, self._moments, logs.marks, logs.background, setting.hypotheses)
                for site in setting.sites
            ]

        return self._once(("near", *parts, silenced), make)

    def _reception(self, evidence: CaseEvidence, silenced: frozenset[str]) -> Reception | None:
        """The calls around the incident, without those that some sources noted."""
        radio_log, setting, moments = self._variants.logs.radio_log, self._setting, self._moments
        if radio_log is None:
            return None
        if silenced & frozenset(radio_log.sources):
            since, until = float(moments[0]) - 2 * SEASON, float(moments[-1]) + 2 * SEASON
            radio_log = radio_log.without(silenced, since, until)
        return reception(radio_log, setting.sites, moments, setting.hypotheses, evidence)

    def logged_by(self, tracks: Sequence[str], calls: Sequence[str]) -> frozenset[str]:
        """Who wrote the sightings of some flights near the incident, or some transmissions around it."""
        sky, radio = self._variants.logs.sky, self._variants.logs.radio_log
        found: set[str | None] = set()
        for track in {int(track) for near in self._near({}, NOBODY) if near is not None for track in near.tracks}:
            if sky.tracks[track] in tracks:
                found.update(sky.sources[k] for k in sky.source[sky.starts[track] : sky.starts[track + 1]])
        received = self._once(("reception", (), NOBODY), lambda: self._reception(self._shared.evidence, NOBODY))
        if radio is not None and received is not None:
            here = [int(call) for call in received.call if radio.ids[int(call)] in calls]
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
