"""Numbers in words: probabilities by ICD 203, likelihood ratios by ENFSI, always with a number or range beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consilience.publish.rounding import LEVELS, told_percent
from consilience.quantities import Log10

_ICD_203 = (
    (0.05, "almost no chance", "1–5\u00a0%"),
    (0.20, "very unlikely", "5–20\u00a0%"),
    (0.45, "unlikely", "20–45\u00a0%"),
    (0.55, "roughly even", "45–55\u00a0%"),
    (0.80, "likely", "55–80\u00a0%"),
    (0.95, "very likely", "80–95\u00a0%"),
    (0.99, "almost certain", "95–99\u00a0%"),
)
"""Upper bound, term, range (ODNI, Intelligence Community Directive 203, 2015, D.6.e(2)(a)). None below 1 or above
99 %."""

_ENFSI = (
    (10.0, "weak support"),
    (100.0, "moderate support"),
    (1_000.0, "moderately strong support"),
    (10_000.0, "strong support"),
    (1_000_000.0, "very strong support"),
    (float("inf"), "extremely strong support"),
)
"""Upper bound of the likelihood ratio and its verbal equivalent (ENFSI Guideline for Evaluative Reporting in Forensic
Science, 2015: 2–10 weak, 10–100 moderate, 100–1,000 moderately strong, 1,000–10,000 strong, 10,000–1,000,000 very
strong)."""

_LEAST_SUPPORT = 2.0
"""Below it the guideline has no step of support (same table)."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A probability, its ICD 203 term and the term's range. Outside 1–99 % there is no term: `has_term` is False,
    `term` says on which side and `range` that there is none.
    """

    probability: float
    term: str
    range: str
    has_term: bool = True

    def said_of(self, what: str, levels: Sequence[float] = LEVELS) -> str:
        """A clause: "That an attack happened is almost certain (95–99 %): 98 %"; `levels` as in `percent`."""
        shown = percent(self.probability, levels)
        if self.has_term:
            return f"{what} is {self.term} ({self.range}): {shown}"
        return f"{what} has a probability {self.term}, for which ICD 203 has no term: {shown}"


def likelihood(probability: float) -> Likelihood:
    """The ICD 203 term whose range holds the probability; on a border the higher one."""
    if probability < 0.01:
        return Likelihood(probability, "below 1 %", "no ICD 203 term", has_term=False)
    if probability > 0.99:
        return Likelihood(probability, "above 99 %", "no ICD 203 term", has_term=False)
    fitting = (step for step in _ICD_203 if probability < step[0])
    _, term, shown = next(fitting, _ICD_203[-1])
    return Likelihood(probability, term, shown)


def percent(probability: float, levels: Sequence[float] = LEVELS) -> str:
    """A probability for readers: whole per cent, one decimal outside 5–95 %, never rounded to certainty nor across one
    of `levels` (publish/rounding.py).

    Blanks in it do not break a line.
    """
    if probability >= 0.9995:
        return ">\u00a099.9\u00a0%"
    if probability < 0.0005:
        return "<\u00a00.1\u00a0%"
    return f"{told_percent(probability, levels)}\u00a0%"


def times_as_probable(log10_lr: Log10) -> str:
    """A likelihood ratio of at least 1 in plain figures: "1.7", "about 120", "more than a million"."""
    ratio = 10.0 ** abs(log10_lr)
    if ratio >= 1_000_000:
        return "more than a million"
    if ratio < 10:
        return f"{ratio:.1f}"
    digits = 10 ** (len(str(int(ratio))) - 2)
    return f"about {round(ratio / digits) * digits:,}"


def support(log10_lr: Log10) -> str:
    """ENFSI's verbal equivalent of a likelihood ratio, whichever of the two propositions it favours."""
    ratio = 10.0 ** abs(log10_lr)
    if ratio < _LEAST_SUPPORT:
        return "no support worth a step of the ENFSI scale"
    return next(words for upper, words in _ENFSI if ratio < upper)
