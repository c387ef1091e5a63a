"""Media: a film of a strike, smoke or rescue bounds τ, and an upload follows it (method.md, Media)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from consilience.corroborate.dependence import same_uploads
from consilience.corroborate.evidence import Row
from consilience.corroborate.moments import DAY
from consilience.corroborate.terms import Term, TimeFactor, log_likelihood
from consilience.records.reference_data import Assumption

_AFTER: dict[str, str | None] = {
    "strike": "strike_spread",
    "smoke": "smoke_lasts",
    "rescue": "rescue_lasts",
    "damage": None,
    "casualties": None,
    "munition_remnant": None,
}
"""What a film shows → the assumption that says how long after τ it can be taken; None: any time after."""


def media_terms(rows: Sequence[Row], moments: NDArray[np.float64], assumptions: Mapping[str, Assumption]) -> list[Term]:
    """One term for each video or photograph whose link is not rejected.

    Posts of one source, of one exhibit or of one address are one thing: its tightest bound counts, and the others are
    silent, so that an error of one listing is not multiplied. With `shows` empty a post says nothing of the time.
    """
    terms = [_term(row, moments, assumptions) for row in rows if row["link_status"] != "rejected"]
    return _one_of_each_thing(terms, same_uploads(uploads_of(rows)))


def uploads_of(rows: Sequence[Row]) -> list[tuple[str, list[str]]]:
    """Who posted each row that is not rejected, and the marks of the same upload: its exhibit and its address."""
    return [
        (str(row["source_id"] or row["media_id"]), [f"{name} {row[name]}" for name in ("exhibit", "url") if row[name]])
        for row in rows
        if row["link_status"] != "rejected"
    ]


def _term(row: Row, moments: NDArray[np.float64], assumptions: Mapping[str, Assumption]) -> Term:
    bound = _bound(row, moments, assumptions)
    times: tuple[TimeFactor, ...] = ()
    if bound is not None and float(bound.min()) < 1.0:
        link = assumptions["link_confirmed" if row["link_status"] == "confirmed" else "link_proposed"].value
        p = (1 - link) + link * bound
        times = (TimeFactor(log_likelihood(p), float(np.log(p.mean()))),)
    return Term(str(row["media_id"]), "media", str(row["source_id"] or row["media_id"]), times=times)


def _one_of_each_thing(terms: list[Term], things: list[int]) -> list[Term]:
    tightest: dict[int, float] = {}
    for term, thing in zip(terms, things, strict=True):
        if term.times:
            tightest[thing] = min(tightest.get(thing, np.inf), term.times[0].log_p_none)
    kept, spoken = [], set()
    for term, thing in zip(terms, things, strict=True):
        speaks = bool(term.times) and term.times[0].log_p_none == tightest[thing] and thing not in spoken
        if speaks:
            spoken.add(thing)
        kept.append(term if speaks else Term(term.evidence_id, term.kind, term.group))
    return kept


def _bound(row: Row, moments: NDArray[np.float64], assumptions: Mapping[str, Assumption]) -> NDArray[np.float64] | None:
    """p(film and upload at these times | τ), as a shape with values in [0, 1]; None where it bounds nothing."""
    shows = row["shows"] or []
    lasting = [_AFTER[what] for what in shows if what in _AFTER]
    if not lasting:
        return None
    bound = np.ones_like(moments)
    uploaded = row["uploaded_until"]
    if uploaded is not None:
        bound *= moments <= float(uploaded)
    if row["t_lo"] is not None:
        spans = [assumptions[name].value for name in lasting if name is not None]
        bound *= _captured(row, moments, min(spans) if spans else np.inf)
    return bound


def _captured(row: Row, moments: NDArray[np.float64], lasts: float) -> NDArray[np.float64]:
    """Was τ before the film's time and not more than `lasts` minutes before it?"""
    lo, hi = float(row["t_lo"]), float(row["t_hi"])
    sigma = max(float(row["t_sigma"]) if hi - lo < DAY / 2 else 0.5, 0.5)
    not_later = ndtr((hi - moments) / sigma)
    not_earlier = np.ones_like(moments) if np.isinf(lasts) else ndtr((moments - (lo - lasts)) / sigma)
    return np.asarray(not_later * not_earlier)
