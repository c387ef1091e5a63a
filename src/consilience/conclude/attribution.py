"""Attribution as a set: the fewest parties that hold the standard of the case, or nobody.

"Syrian or Russian" says that it was one of the two and we can't tell which; "Syrian and Russian" that both took part
(docs/glossary.md, *one of, together*).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consilience.quantities import Log10
from consilience.records.counting import ATTACK_ESTABLISHED
from consilience.records.weighed import OTHER

NOT_ATTRIBUTED = "not attributed"
TOGETHER = "together"
ONE_OF = "one_of"

LEAST_WEIGHT: Log10 = 0.3
"""Evidence that an attack happened has to be at least twice as probable if it did as if it did not: our choice, the
ratio at which ENFSI's verbal scale (2015) begins."""

_SLACK = 1e-9
"""Published probabilities sum to 1 within this; a set that misses the standard by less holds it."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is named. `parties` in the order of case.toml; empty: nobody, and `why_nobody` says why.

    `relation` is one_of or together, None where nobody is named.
    """

    parties: tuple[str, ...]
    relation: str | None
    wording: str
    level: float
    why_nobody: str | None = None

    @property
    def names_one(self) -> bool:
        """Is one party named, and no other beside it?"""
        return len(self.parties) == 1


def attribute(
    party: Mapping[str, float],
    together: float,
    *,
    parties: Sequence[str],
    level: float,
    attack_probability: float,
    attack_weight: Log10,
) -> Attribution:
    """The smallest set over {each party, other, together} that holds at least `level`.

    `party` sums to 1 given an attack and gives each of the parties its half of `together`. Equal probabilities are
    taken in the order of `parties`, then other, then together. `attack_weight` is the log10 likelihood ratio of all
    evidence for an attack: where it is below `LEAST_WEIGHT` an attack is probable only because it was taken to be so
    beforehand, and nobody is named on that.
    """
    if attack_probability < ATTACK_ESTABLISHED:
        why = f"the probability of an attack, {attack_probability:.3f}, is below {ATTACK_ESTABLISHED}"
        return Attribution((), None, NOT_ATTRIBUTED, level, why)
    if attack_weight < LEAST_WEIGHT:
        why = "the evidence makes an attack no more probable than it was taken to be beforehand"
        return Attribution((), None, NOT_ATTRIBUTED, level, why)
    chosen = _smallest_set(_masses(party, together, parties), level)
    if OTHER in chosen:
        why = f"a set of parties that holds {level:g} would have to include an unnamed one ({OTHER})"
        return Attribution((), None, NOT_ATTRIBUTED, level, why)
    if chosen == [TOGETHER]:
        return Attribution(tuple(parties), TOGETHER, " and ".join(parties), level)
    named = tuple(p for p in parties if p in chosen or TOGETHER in chosen)
    return Attribution(named, ONE_OF, _either(named), level)


def not_on_one_source(named: Attribution, party: Mapping[str, float], parties: Sequence[str]) -> Attribution:
    """One named party widened by the likeliest other party of the case: a single source carries no name.

    Where the case names no other party, nobody is named. `named` is returned as it is unless it names one alone.
    """
    others = [name for name in parties if name not in named.parties]
    if not named.names_one:
        return named
    if not others:
        why = "one source alone carries the name, and the case has no other party to stand beside it"
        return Attribution((), None, NOT_ATTRIBUTED, named.level, why)
    second = max(others, key=lambda name: party.get(name, 0.0))
    both = tuple(name for name in parties if name in (*named.parties, second))
    return Attribution(both, ONE_OF, _either(both), named.level)


def _masses(party: Mapping[str, float], together: float, parties: Sequence[str]) -> dict[str, float]:
    """Probabilities of hypotheses that exclude each other: each party alone, other, all named parties together."""
    share = together / len(parties) if parties else 0.0
    alone = {p: party.get(p, 0.0) - share for p in parties}
    return {**alone, OTHER: party.get(OTHER, 0.0), TOGETHER: together}


def _smallest_set(masses: Mapping[str, float], level: float) -> list[str]:
    """Largest first until the standard is held; `sorted` is stable, so equals keep their order."""
    chosen: list[str] = []
    held = 0.0
    for name in sorted(masses, key=lambda name: -masses[name]):
        if held >= level - _SLACK:
            break
        chosen.append(name)
        held += masses[name]
    return chosen


def _either(names: Sequence[str]) -> str:
    """ "A", "A or B", "A, B or C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
