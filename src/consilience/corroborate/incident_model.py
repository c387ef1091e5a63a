"""One incident put together: its hypotheses, its grid, its terms, what the logs add, and the posterior."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.dependence import LIKELY, ancestors, dependence_groups, same_uploads
from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import Hypotheses, hypotheses_on
from consilience.corroborate.likelihood.accounts import Account, read_account
from consilience.corroborate.likelihood.detection_log import DetectionLog
from consilience.corroborate.likelihood.flights import Encounter, FlightTerm, encounter, flight_term
from consilience.corroborate.likelihood.kinds import LIKELIHOODS
from consilience.corroborate.likelihood.material import Material
from consilience.corroborate.likelihood.media import uploads_of
from consilience.corroborate.likelihood.radio import RadioTerm, Reception, radio_term, reception
from consilience.corroborate.likelihood.selections import (
    PrintedRow,
    capped,
    printed_rows,
    uncovered,
)
from consilience.corroborate.log_model import LogModel, sites_of
from consilience.corroborate.moments import Clock, Thinning, grid_around, quantile, thin
from consilience.corroborate.posterior import Apart, Posterior, apart_from_logs, log_cluster_of, posterior_from
from consilience.corroborate.terms import Term
from consilience.corroborate.wording import Habits, candidates_for, habits_of, suspected
from consilience.quantities import Minutes, minutes_since_epoch, moment_at
from consilience.records.tables import TABLES

Cut = Mapping[str, Sequence[Row]]
"""The rows of a case that name one incident, by table, cut out once for all."""

NAMING_TABLES = ("accounts", "media", "imagery", "munitions")
"""The tables whose rows name the incident that they speak of."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What every incident of a case needs and is made once."""

    evidence: CaseEvidence
    cuts: Mapping[str, Cut]
    upstream: Mapping[str, frozenset[str]]
    known_before: Mapping[str, frozenset[str]]
    habits: Habits
    noticed: DetectionLog
    uncovered: Mapping[str, Sequence[Row]]
    _hypotheses: dict[tuple[object, ...], Hypotheses] = field(default_factory=dict)

    def hypotheses(self, day: date, *, several_strikes: bool) -> Hypotheses:
        """The rows of z on a day; made once for all days on which the same of the order of battle serves."""
        if (day, several_strikes) not in self._hypotheses:
            orbat, parties = self.evidence.orbat, self.evidence.settings.parties
            serving = (several_strikes, *(operator.serves_on(day) for operator in orbat.operators))
            if serving not in self._hypotheses:
                made = hypotheses_on(day, orbat, parties, several_strikes=several_strikes)
                self._hypotheses[serving] = made
            self._hypotheses[day, several_strikes] = self._hypotheses[serving]
        return self._hypotheses[day, several_strikes]


@dataclass(frozen=True, slots=True)
class IncidentModel:
    """Everything that is known of one incident. `full_grid` (G,) is the whole clock, `moments` (T,) what is weighed.

    `received` are the calls around it (None outside any whole radio log).
    """

    incident_id: str
    sites: tuple[tuple[float, float, float], ...]
    full_grid: NDArray[np.float64]
    thinning: Thinning
    moments: NDArray[np.float64]
    hypotheses: Hypotheses
    terms: tuple[Term, ...]
    printed: tuple[PrintedRow, ...]
    received: Reception | None
    shared: Shared

    def logs(
        self,
        flights: Sequence[FlightTerm | None],
        radio: RadioTerm | None,
        printed: Sequence[PrintedRow] | None = None,
    ) -> NDArray[np.float64]:
        """What flight log, radio log and publishers' claims multiply p with, (T, K)."""
        cap = self.shared.evidence.value("selection_cap")
        shape = (len(self.moments), len(self.hypotheses))
        return added_by_logs(self.printed if printed is None else printed, radio, flights, cap, shape)

    def apart(self) -> Apart:
        """log p of everything but the logs."""
        return apart_from_logs(self.thinning.width, self.hypotheses, self.terms, self.shared.evidence.assumptions)

    def of_term(self, term: Term) -> Apart:
        """log p of one term alone, what it says of bomblets given all others."""
        assumptions = self.shared.evidence.assumptions
        kind = sum((factor.log_p for factor in term.kinds), np.zeros(len(self.hypotheses)))
        if term.log_cluster != (0.0, 0.0):
            others = [other for other in self.terms if other is not term]
            kind += log_cluster_of(self.terms, self.hypotheses, assumptions)
            kind -= log_cluster_of(others, self.hypotheses, assumptions)
        time = sum((factor.log_p for factor in term.times), np.zeros(len(self.moments)))
        return Apart(time, np.full_like(time, sum(factor.log_p_none for factor in term.times)), kind)

    def posterior(self, logs: NDArray[np.float64]) -> Posterior:
        """The posterior given all terms and what the logs multiply."""
        return posterior_from(self.moments, self.hypotheses, self.apart(), logs)


def added_by_logs(
    printed: Sequence[PrintedRow],
    radio: RadioTerm | None,
    flights: Sequence[FlightTerm | None],
    cap: float,
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """What publishers' claims (capped at `cap`), radio log and flight log multiply p with, of the `shape` (T, K).

    Where the place is one of several the flight log's ratio is the mean of those at each.
    """
    ratios = [np.exp(capped(printed, cap, shape))] if printed else []
    if radio is not None:
        ratios.append(radio.events.ratio)
    by_site = [np.ones(shape) if term is None else term.events.ratio for term in flights]
    if by_site:
        ratios.append(by_site[0] if len(by_site) == 1 else np.mean(by_site, axis=0))
    return np.asarray(np.prod(ratios, axis=0)) if len(ratios) > 1 else ratios[0] if ratios else np.ones(shape)


def share(evidence: CaseEvidence) -> Shared:
    """Cut a case by incident and read its dependences."""
    uploaded = (pl.col("uploaded_at_hi").dt.epoch("us") / 60e6).alias("uploaded_until")
    frames = {name: getattr(evidence, name) for name in NAMING_TABLES}
    frames["media"] = frames["media"].with_columns(uploaded)
    tables = {name: _by_incident(frame, str(TABLES[name].key)) for name, frame in frames.items()}
    ids = evidence.incidents["incident_id"].to_list()
    depends = {row["source_id"]: sorted(row["depends_on"] or []) for row in evidence.sources.iter_rows(named=True)}
    upstream = ancestors(depends)
    known_before = {
        row["interview_id"]: frozenset(row["shown_or_told_before"] or [])
        for row in evidence.interviews.iter_rows(named=True)
    }
    cuts = {one: {name: rows.get(one, []) for name, rows in tables.items()} for one in ids}
    return Shared(
        evidence=evidence,
        cuts=cuts,
        upstream=upstream,
        known_before=known_before,
        habits=habits_of([[one.statement for one in _accounts(cut, known_before)] for cut in cuts.values()], upstream),
        noticed=DetectionLog(
            evidence, [site for row in evidence.incidents.iter_rows(named=True) for site in sites_of(row)]
        ),
        uncovered=uncovered(evidence),
    )


def _accounts(cut: Cut, known_before: Mapping[str, frozenset[str]]) -> tuple[Account, ...]:
    return tuple(
        read_account(item, known_before.get(str(item["interview_id"]), frozenset())) for item in cut["accounts"]
    )


def _by_incident(frame: pl.DataFrame, key: str) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for row in frame.filter(pl.col("incident_id").is_not_null()).sort(key).to_dicts():
        rows.setdefault(row["incident_id"], []).append(row)
    return rows


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when an incident is looked for, what may have happened, and who tells of it; `clock` says what
    moments are weighed.

    `day` is the local day and `several_strikes` whether two or more are alleged: what `hypotheses` were made from.
    """

    incident_id: str
    day: date
    several_strikes: bool
    sites: tuple[tuple[float, float, float], ...]
    clock: Clock
    hypotheses: Hypotheses
    accounts: tuple[Account, ...]
    cut: Cut

    @property
    def grid(self) -> NDArray[np.float64]:
        """All moments, (G,)."""
        return self.clock.grid

    @property
    def thinning(self) -> Thinning:
        """Which of them are weighed."""
        return self.clock.thinning


def set_out(row: Row, shared: Shared) -> Setting:
    """The setting of one incident from its situated row."""
    evidence = shared.evidence
    incident_id = str(row["incident_id"])
    cut = shared.cuts[incident_id]
    accounts = _accounts(cut, shared.known_before)
    stated = [a.stated for a in accounts if a.stated is not None]
    grid = grid_around(stated, _fallback(row, evidence))
    day = _day(accounts, grid, evidence)
    several = any((item["strikes"] or 0) >= 2 for item in cut["accounts"])
    hypotheses = shared.hypotheses(day, several_strikes=several)
    return Setting(
        incident_id, day, several, sites_of(row), Clock.of(grid, thin(grid, stated)), hypotheses, accounts, cut
    )


def material_of(setting: Setting, shared: Shared, without: frozenset[str] = frozenset()) -> Material:
    """What the likelihoods of an incident are given, some sources left out."""
    return Material(
        incident_id=setting.incident_id,
        sites=setting.sites,
        clock=setting.clock,
        hypotheses=setting.hypotheses,
        accounts=setting.accounts,
        rows=setting.cut,
        upstream=shared.upstream,
        evidence=shared.evidence,
        habits=shared.habits,
        noticed=shared.noticed,
        without=without,
    )


def model_incident(row: Row, shared: Shared, logs: LogModel) -> IncidentModel:
    """Build the model of one incident from its situated row."""
    evidence = shared.evidence
    setting = set_out(row, shared)
    grid, hypotheses, sites, thinning = setting.grid, setting.hypotheses, setting.sites, setting.thinning
    material = material_of(setting, shared)
    made = (term for parts in LIKELIHOODS.values() for part in parts(material) for term in part.make(evidence))
    terms = [thinned(term, thinning) for term in made]
    moments = setting.clock.moments
    core = core_of(setting.clock, terms)
    printed = printed_rows(shared.uncovered, sites, core, grid, hypotheses, evidence)
    groups = groups_among(terms, printed, setting, shared)
    return IncidentModel(
        incident_id=setting.incident_id,
        sites=sites,
        full_grid=grid,
        thinning=thinning,
        moments=moments,
        hypotheses=hypotheses,
        terms=tuple(replace(term, group=groups[term.group]) for term in terms),
        printed=tuple(replace(row.thinned(thinning.kept), group=groups[row.publisher]) for row in printed),
        received=None if logs.radio_log is None else reception(logs.radio_log, sites, moments, hypotheses, evidence),
        shared=shared,
    )


def groups_among(
    terms: Sequence[Term], printed: Sequence[PrintedRow], setting: Setting, shared: Shared
) -> dict[str, str]:
    """The dependence group of everybody who speaks of the incident, whether by account, film or printed log."""
    speaking = {term.group for term in terms} | {row.publisher for row in printed}
    hangs_on: dict[str, set[str]] = {}
    for who, others in [*_accounts_hang_on(setting, shared), *_posts_hang_on(setting)]:
        hangs_on.setdefault(who, set()).update(others & speaking)
    return dependence_groups(speaking, shared.upstream, hangs_on)


def _accounts_hang_on(setting: Setting, shared: Shared) -> Iterable[tuple[str, set[str]]]:
    """For the source of each account, whose words it knew, shares a place of an exhibit with, or likely repeats."""
    source_of = {account.statement.account_id: account.source for account in setting.accounts}
    statements = [account.statement for account in setting.accounts]
    for mine in statements:
        earlier = candidates_for(mine, statements, shared.upstream)
        found = suspected(mine, earlier, shared.habits, shared.evidence.assumptions)
        others = {source_of.get(name, name) for name in mine.known_before}
        others |= {source_of[one.account_id] for one in statements if one.stands_at and one.stands_at == mine.stands_at}
        others |= {source_of[one.account_id] for one, chance in found if chance >= LIKELY}
        yield source_of[mine.account_id], others


def _posts_hang_on(setting: Setting) -> Iterable[tuple[str, set[str]]]:
    """For who posted each film, who posted the same upload."""
    posts = uploads_of(setting.cut["media"])
    for (poster, _), first in zip(posts, same_uploads(posts), strict=True):
        yield poster, {posts[first][0]}


def encounters_of(model: IncidentModel, logs: LogModel) -> list[Encounter | None]:
    """The flights near each candidate site of an incident."""
    return [
        encounter(
            logs.sky, site, model.moments, logs.marks, logs.background, model.hypotheses
        )
        for site in model.sites
    ]  # fmt: skip


def flights_of(model: IncidentModel, logs: LogModel) -> list[FlightTerm | None]:
    """The flight term at each candidate site of an incident."""
    return [None if near is None else flight_term(near, logs.attacker) for near in encounters_of(model, logs)]


def radio_of(model: IncidentModel, logs: LogModel) -> RadioTerm | None:
    """The radio term of an incident."""
    return None if model.received is None else radio_term(model.received, logs.radio)


def _fallback(row: Row, evidence: CaseEvidence) -> tuple[Minutes, Minutes]:
    """Where no account gives a time: the alleged window, else the case's period, else the day the epoch began."""
    start, end = row["window_start_lo"], row["window_end_hi"]
    if start is not None and end is not None:
        return minutes_since_epoch(start), minutes_since_epoch(end)
    settings = evidence.settings
    first = settings.period_start or date(1970, 1, 1)
    last = (settings.period_end or first) + timedelta(days=1)
    # A midnight that clocks skip (Damascus, in spring) is read with the offset before it: the day's first instant.
    start, end = (datetime.combine(day, time(), settings.zone).astimezone(UTC) for day in (first, last))
    return minutes_since_epoch(start), minutes_since_epoch(end)


def _day(accounts: Sequence[Account], grid: NDArray[np.float64], evidence: CaseEvidence) -> date:
    """The local day for the order of battle: that of the median stated time, else of the grid's middle."""
    stated = sorted((a.stated.lo + a.stated.hi) / 2 for a in accounts if a.stated is not None)
    minute = stated[len(stated) // 2] if stated else float((grid[0] + grid[-1]) / 2)
    return moment_at(minute).astimezone(evidence.settings.zone).date()


def core_of(clock: Clock, terms: Sequence[Term]) -> tuple[Minutes, Minutes]:
    """Where accounts, media and scenes alone put the moment: their 99 % interval."""
    total = np.zeros_like(clock.moments)
    for term in terms:
        for factor in term.times:
            total += factor.log_p
    density = np.repeat(np.exp(total - total.max()), clock.thinning.width)
    return quantile(clock.grid, density, 0.005), quantile(clock.grid, density, 0.995)


def thinned(term: Term, thinning: Thinning) -> Term:
    """The term on the moments that are weighed."""
    return replace(term, times=tuple(factor.thinned(thinning) for factor in term.times))
