"""The charts of a calibration: reliability with PAV, Tippett, coverage of time intervals, errors of time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from consilience.casework.calibrate.chart_frame import SHARES, Axis, Frame
from consilience.casework.calibrate.cost import Floats, pav, tippett
from consilience.casework.calibrate.figures import by_one_of, odds_of
from consilience.casework.calibrate.intervals import wilson
from consilience.casework.calibrate.judged import Judged

BINS: Floats = np.array([0.0, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0])
"""Bins of stated probability: our choice; the outer ones are those in which a court would use the number."""
BINS.setflags(write=False)

FARTHEST = 20.0
"""log2 odds beyond ±20 (a million to one) are drawn at 20: published probabilities have no more decimals."""

ERROR_EDGES: Floats = np.array([0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 60, 120, 1440], dtype=np.float64)
"""Minutes; the last bin holds everything later."""
ERROR_EDGES.setflags(write=False)


def draw_reliability(rows: Sequence[Judged], parties: Sequence[str]) -> Markup | None:
    """Stated against observed: dots with Wilson's intervals in bins, and the PAV curve; None without attacks."""
    alone = by_one_of(rows, parties)
    if not alone:
        return None
    odds, is_first = odds_of(alone, parties)
    stated = 1 / (1 + np.exp2(-odds))
    fitted = pav(odds, is_first)
    frame = Frame(
        Axis(f"stated probability: {parties[0]}", 0, 1, SHARES), Axis(f"share that was {parties[0]}", 0, 1, SHARES)
    )
    marks = [
        frame.line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "ideal"),
        frame.line(1 / (1 + np.exp2(-fitted.odds)), fitted.share, "first"),
    ]
    bin_of = np.clip(np.searchsorted(BINS, stated, side="right") - 1, 0, len(BINS) - 2)
    for k in np.unique(bin_of):
        inside = bin_of == k
        share = wilson(int(is_first[inside].sum()), int(inside.sum()))
        if share.value is not None and share.low is not None and share.high is not None:
            mean = float(stated[inside].mean())
            says = f"stated {mean:.0%}, observed {share.value:.0%} ({share.low:.0%} to {share.high:.0%}) of {share.n}"
            marks.append(frame.dot(mean, share.value, share.low, share.high, says))
    about = f"{len(alone)} attacks by one party; a calibrated source lies on the diagonal."
    return frame.draw("Reliability", about, marks)


def draw_tippett(rows: Sequence[Judged], parties: Sequence[str]) -> Markup | None:
    """How many attacks by each party have at least these odds for the first; None without attacks."""
    alone = by_one_of(rows, parties)
    if not alone:
        return None
    odds, is_first = odds_of(alone, parties)
    at = np.linspace(-FARTHEST, FARTHEST, 401)
    ticks = [(bits, f"{bits / np.log2(10):.0f}") for bits in np.arange(-6, 7, 2) * np.log2(10)]
    frame = Frame(
        Axis(f"log₁₀ odds {parties[0]} : {parties[1]}", -FARTHEST, FARTHEST, ticks),
        Axis("share with at least these odds", 0, 1, SHARES),
    )
    marks = [frame.line(np.zeros(2), np.array([0.0, 1.0]), "ideal")]
    for curve, style in zip(tippett(odds, is_first, at), ("first", "second"), strict=True):
        if not np.isnan(curve).any():
            marks.append(frame.line(at, curve, style))
    return frame.draw("Tippett plot", f"Solid: attacks by {parties[0]}; dashed: by {parties[1]}.", marks)


def draw_coverage(rows: Sequence[Judged]) -> Markup | None:
    """How often central intervals of each level hold the true time, with Wilson's band; None without attacks."""
    ranks = np.array([row.rank for row in rows if row.rank is not None])
    if not len(ranks):
        return None
    levels = np.linspace(0.05, 1.0, 20)
    reach = np.abs(2 * ranks - 1)
    found = [wilson(int((reach <= level).sum()), len(ranks)) for level in levels]
    low, value, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "value", "high"))
    frame = Frame(Axis("level of the interval", 0, 1, SHARES), Axis("intervals that hold the true time", 0, 1, SHARES))
    ends = np.array([0.0, 1.0])
    marks = [frame.band(levels, low, high), frame.line(ends, ends, "ideal"), frame.line(levels, value, "first")]
    return frame.draw("Coverage of time", f"{len(ranks)} attacks; the band is Wilson's 95 %.", marks)


def draw_errors(rows: Sequence[Judged]) -> Markup | None:
    """Shares of attacks by the error of the median time; None without attacks."""
    errors = np.array([abs(row.late) for row in rows if row.late is not None])
    if not len(errors):
        return None
    last = len(ERROR_EDGES) - 2
    counts = np.bincount(np.clip(np.searchsorted(ERROR_EDGES, errors, side="right") - 1, 0, last), minlength=last + 1)
    share = counts / len(errors)
    top = float(np.ceil(10 * share.max()) / 10)
    ticks = [(float(k), f"{edge:.0f}" if k <= last else "") for k, edge in enumerate(ERROR_EDGES)]
    frame = Frame(
        Axis("minutes between the stated median and the truth, from", 0, last + 1.0, ticks),
        Axis("share of attacks", 0, top, [(k / 10, f"{10 * k} %") for k in range(round(10 * top) + 1)]),
    )
    bars = [frame.bar(k, k + 1, share[k], f"from {ERROR_EDGES[k]:.0f} min: {share[k]:.1%}") for k in range(last + 1)]
    about = f"{len(errors)} attacks; half are within {np.median(errors):.1f} minutes, nine of ten within "
    return frame.draw("Error of time", f"{about}{np.quantile(errors, 0.9):.0f}.", bars)
