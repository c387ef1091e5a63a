"""The log against itself: how often does chance alone say as much as the log says of an incident? (method.md, Placebo)

Statistic: the largest term of flights and radio, log10 p(log | τ, z) / p(log | no attack from the air), over moments τ
within the accounts' 95 % time interval and over z that fly. Null: the same interval moved to other minutes of whole
logs, at least three hours from any incident, in the same light. What publishers printed has no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.incident_model import IncidentModel, flights_of, radio_of
from consilience.corroborate.likelihood.radio import reception
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.moments import quantile
from consilience.corroborate.watches import NO_SPANS, Spans, Watches, union
from consilience.quantities import Degrees, Minutes
from consilience.records.weighed import Placebo
from consilience.sun import CIVIL_TWILIGHT, sun_height

MOST_SHIFTS, LEAST_SHIFTS = 1000, 50
"""method.md, Placebo."""

APART: Minutes = 180.0
"""Shifted intervals stay so far from every incident (method.md, Placebo)."""

LEVEL = 0.95
"""Of the accounts' time interval (method.md, Placebo)."""

AT_ONCE = 20_000
"""Minutes weighed at once: our choice; about 10 MB for a few dozen hypotheses, a few times that where the
minutes after each are weighed too."""

SUN_STEP = 20
"""Every so many minutes the sun's height is worked out, and between only where it is near twilight: our choice."""

SUN_SPEED: Degrees = 0.26
"""A minute: the sky turns by 15.04 degrees an hour, and the sun's height never changes faster."""

Span = tuple[Minutes, Minutes]


def accounts_interval(model: IncidentModel) -> Span | None:
    """The 95 % time interval of an incident's accounts alone, whole minutes; None where no account gives a time."""
    factors = [factor for term in model.terms if term.kind == "account" for factor in term.times]
    if not factors:
        return None
    total = np.sum([factor.log_p for factor in factors], axis=0)
    density = np.exp(total - total.max())
    tail = (1 - LEVEL) / 2
    whole = model.thinning.spread(density * model.thinning.width)
    low, high = (quantile(model.full_grid, whole, level) for level in (tail, 1 - tail))
    return float(np.floor(low)), float(np.ceil(high))


def placebo(model: IncidentModel, logs: LogModel, incidents: Sequence[Span]) -> Placebo:
    """The placebo of one incident; `incidents` are the time intervals of all of the case's, which shifts keep clear of.

    Shifts begin at whole minutes, spread evenly over all that are allowed, at most `MOST_SHIFTS`.
    """
    span = accounts_interval(model)
    if span is None:
        return Placebo(why_null="no account gives a time")
    if len(model.sites) != 1:
        return Placebo(why_null="its place is not known, or there are several")
    whole = _whole(model)
    if not any(start <= span[0] and span[1] <= end for start, end in whole):
        return Placebo(why_null="no declared whole log covers the accounts' time interval")
    width = int(span[1] - span[0])
    starts = _allowed(model, whole, span, incidents)
    if len(starts) < LEAST_SHIFTS:
        least = f"fewer than {LEAST_SHIFTS}"
        return Placebo(why_null=f"the whole logs allow {len(starts)} shifts of {width} minutes, {least}")
    chosen = starts[np.unique(np.linspace(0, len(starts) - 1, MOST_SHIFTS).astype(np.int64))]
    terms = _terms_by_minute(model, logs, np.append(chosen, span[0]), width)
    own, moved = terms[-1], terms[:-1]
    return Placebo(matches=int((moved >= own - 1e-9).sum()), shifts=len(chosen), statistic=float(own))


def _whole(model: IncidentModel) -> Spans:
    """When flights or radio at the incident's site are in a whole log: sightings if there are such windows, else radio.

    A stretch in which only one of two logs is kept would be no like for like.
    """
    coverage = model.shared.evidence.coverage
    lat, lon = model.sites[0][:2]
    kinds = [coverage.filter(coverage["kind"] == kind) for kind in ("sightings", "transmissions")]
    by_kind = [Watches.of(windows).over(lat, lon) for windows in kinds if windows.height]
    return by_kind[0] if by_kind else NO_SPANS


def _allowed(model: IncidentModel, whole: Spans, span: Span, incidents: Sequence[Span]) -> NDArray[np.float64]:
    """Starts of allowed shifts, whole minutes ascending: inside coverage, clear of incidents, in the same light."""
    width = span[1] - span[0]
    inside = [np.arange(np.ceil(start), np.floor(end - width) + 1) for start, end in whole]
    starts = np.concatenate([*inside, np.zeros(0)])
    for low, high in union([(low - APART, high + APART) for low, high in incidents]):
        starts = starts[(starts + width < low) | (starts > high)]
    is_day = bool(_is_day(model, np.array([sum(span) / 2]))[0])
    return np.asarray(starts[_is_day(model, starts + width / 2) == is_day])


def _is_day(model: IncidentModel, minutes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Is the sun above civil twilight, so that an observer can tell an aircraft? `minutes` ascend.

    The sun's height takes hundreds of operations a minute and changes slowly: where it is far from twilight its
    neighbours are on the same side.
    """
    lat, lon = model.sites[0][:2]
    near = np.searchsorted(known := _every(minutes, SUN_STEP), minutes - SUN_STEP / 2).clip(max=len(known) - 1)
    above = sun_height(known, lat, lon).geometric - CIVIL_TWILIGHT
    is_day = above[near] > 0
    unsure = np.flatnonzero(np.abs(above[near]) <= SUN_SPEED * np.abs(known[near] - minutes))
    is_day[unsure] = sun_height(minutes[unsure], lat, lon).geometric > CIVIL_TWILIGHT
    return np.asarray(is_day)


def _every(minutes: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """The multiples of `step` that are nearest to any of the minutes, ascending."""
    return np.unique(np.round(minutes / step)) * step


def _terms_by_minute(
    model: IncidentModel, logs: LogModel, starts: NDArray[np.float64], width: int
) -> NDArray[np.float64]:
    """The statistic of the interval of `width` minutes that begins at each start, (N,), in bans.

    Each minute is weighed once, however many intervals it lies in.
    """
    wanted = np.unique((starts[:, np.newaxis] + np.arange(width + 1)).ravel())
    strongest = np.concatenate([
        _strongest(model, logs, wanted[first : first + AT_ONCE]) for first in range(0, len(wanted), AT_ONCE)
    ])  # fmt: skip
    # The interval that begins at wanted[k] is wanted[k : k + width + 1]: its minutes are all there, one by one.
    intervals = np.lib.stride_tricks.sliding_window_view(strongest, width + 1)
    return np.asarray(intervals[np.searchsorted(wanted, starts)].max(axis=1))


def _strongest(model: IncidentModel, logs: LogModel, moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest log10 term of flights and radio over z that fly, at each moment (T,), whole minutes ascending.

    Where two strikes are alleged, what a moment is worth hangs on the minutes after it: these are weighed too, so
    that it hangs on none of the other moments asked for.
    """
    evidence, kinds = model.shared.evidence, model.hypotheses
    weighed = moments
    if kinds.several_strikes:
        weighed = _with_minutes_after(moments, logs.attacker.second_within)
    received = None
    if logs.radio_log is not None:
        received = reception(logs.radio_log, model.sites, weighed, kinds, evidence)
    moved = replace(model, moments=weighed, received=received)
    ratio = moved.logs(flights_of(moved, logs), radio_of(moved, logs), printed=())
    strongest = ratio[np.searchsorted(weighed, moments)][:, kinds.flies].max(axis=1)
    return np.asarray(np.log10(strongest))


def _with_minutes_after(moments: NDArray[np.float64], within: Minutes) -> NDArray[np.float64]:
    """The moments and the whole minutes that follow each `within`; one more on either side, so that each of these
    stands for one minute."""
    breaks = np.flatnonzero(np.diff(moments) > 1) + 1
    stretches = [(run[0] - 1, run[-1] + np.ceil(within) + 1) for run in np.split(moments, breaks)]
    return np.concatenate([np.arange(first, last + 1) for first, last in union(stretches)])
