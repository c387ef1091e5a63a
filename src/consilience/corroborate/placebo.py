"""The log against itself: how often does chance alone say as much as the log says of an incident? (method.md, Placebo)

Statistic: the largest term of flights and radio, log10 p(log | τ, z) / p(log | no attack from the air), over moments τ
within the accounts' 95 % time interval and over z that fly. Null: the same interval moved to other minutes of whole
logs, at least three hours from any incident, in the same light. What publishers printed has no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.incident_model import IncidentModel, flights_of, radio_of
from consilience.corroborate.likelihood.radio import reception
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.moments import quantile
from consilience.corroborate.watches import NO_SPANS, Spans, Watches, union
from consilience.quantities import Log10, Minutes
from consilience.sun import CIVIL_TWILIGHT, sun_height

MOST_SHIFTS, LEAST_SHIFTS = 1000, 50
"""method.md, Placebo."""

APART: Minutes = 180.0
"""Shifted intervals stay so far from every incident (method.md, Placebo)."""

LEVEL = 0.95
"""Of the accounts' time interval (method.md, Placebo)."""

AT_ONCE = 20_000
"""Minutes weighed at once: our choice; about 10 MB for a few dozen hypotheses."""

Span = tuple[Minutes, Minutes]


@dataclass(frozen=True, slots=True)
class Placebo:
    """Of `shifts` shifted intervals `matches` have a statistic at least the incident's; `statistic` in bans.

    Where nothing can be told, `why_null` says why, and the rest is None.
    """

    matches: int | None = None
    shifts: int | None = None
    statistic: Log10 | None = None
    why_null: str | None = None


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
    """Is the sun above civil twilight, so that an observer can tell an aircraft?"""
    lat, lon = model.sites[0][:2]
    return np.asarray(sun_height(minutes, lat, lon).geometric > CIVIL_TWILIGHT)


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
    """The largest log10 term of flights and radio over z that fly, at each moment (T,)."""
    evidence, kinds = model.shared.evidence, model.hypotheses
    received = None
    if logs.radio_log is not None:
        received = reception(logs.radio_log, model.sites, moments, kinds, evidence)
    moved = replace(model, moments=moments, received=received)
    ratio = moved.logs(flights_of(moved, logs), radio_of(moved, logs), printed=())
    return np.asarray(np.log10(ratio[:, model.hypotheses.flies].max(axis=1)))
