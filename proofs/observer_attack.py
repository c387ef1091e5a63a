"""The attackers of `observers`: they read publications and public maps, and score each town as the site of a post.

Nothing here opens a case or a truth. Each attacker looks at something else in the publication, and knows how much it
tells of posts from wars that he made himself, for the program that makes them is public: there he knows also at which
incident a post kept a log. Two of them learn rules that join several things, as "high, but without a trace": that is
how the grade of confidence was once inverted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from observer_learning import Flags, Trees, Values, boosted, standardised, trained
from observer_reading import KM_PER_DEGREE, SAID, Told, Town

SCALES_KM = (6.0, 12.0, 25.0)
"""How fast what an incident says falls off with distance; the attacker tries each."""
SIDE_KM = 18.0
"""Half the side of the box that a post's coverage declares, as worlds make it: the attacker knows the program."""
DRAWN_KM = 3.0
"""A position drawn no farther than this from a town is the town's: names point to discs of two kilometres."""
FOLDS = 4

Learning = Callable[[Sequence[tuple[Values, Flags]], Values], Values]
"""From what is known of other wars, and the columns of one, to scores of its towns."""


@dataclass(frozen=True, slots=True)
class War:
    """A war as an attacker has it: towns and what was published; of those that he made himself, the truth besides.

    `manned` (towns,): stood a post there? `watched` (incidents,): did a post in a town keep a log there and then?
    """

    towns: tuple[Town, ...]
    told: tuple[Told, ...]
    manned: Flags
    watched: Flags


def _offsets_km(towns: Sequence[Town], told: Sequence[Told]) -> tuple[Values, Values]:
    """East and north from each incident to each town, (towns, incidents)."""
    return _gaps_km(towns, [(one.lat, one.lon) for one in told])


def _gaps_km(towns: Sequence[Town], spots: Sequence[tuple[float, float]]) -> tuple[Values, Values]:
    """East and north from each spot to each town, (towns, spots)."""
    lat = np.array([[town.lat - lat for lat, _ in spots] for town in towns]).reshape(len(towns), len(spots))
    lon = np.array([[town.lon - lon for _, lon in spots] for town in towns]).reshape(len(towns), len(spots))
    return lon * KM_PER_DEGREE * math.cos(math.radians(towns[0].lat)), lat * KM_PER_DEGREE


def _falling(towns: Sequence[Town], told: Sequence[Told], scale_km: float) -> Values:
    return _falling_to(towns, [(one.lat, one.lon) for one in told], scale_km)


def _falling_to(towns: Sequence[Town], spots: Sequence[tuple[float, float]], scale_km: float) -> Values:
    return np.exp(-np.hypot(*_gaps_km(towns, spots)) / scale_km)


def _residual(told: Sequence[Told], name: str) -> Values:
    """How much more each incident says than the mean of those that say it; 0 where it is silent."""
    values = np.array([one.says[name] for one in told])
    known = ~np.isnan(values)
    return np.where(known, values - (values[known].mean() if known.any() else 0.0), 0.0)


def _around(towns: Sequence[Town], told: Sequence[Told], names: Sequence[str]) -> list[Values]:
    """What the incidents round about each town say, at each scale: the sum, and the mean."""
    columns = []
    for scale in SCALES_KM:
        near = _falling(towns, told, scale)
        for name in names:
            total = near @ _residual(told, name)
            columns += [total, total / near.sum(axis=1)]
    return columns


def by_weight(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """How many flights there are and how well they agree with incidents near a town: who noted them stood near."""
    return np.column_stack(_around(towns, told, ["flights", "best place", "sum place"]))


def by_coverage(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """No post stands where incidents round about lie outside all logs; one stands where they don't.

    Round about: in the box that a post's coverage would declare, and wherever nobody else explains that it is covered.
    """
    east, north = _offsets_km(towns, told)
    covered = np.array([one.says["covered"] for one in told])
    inside = np.maximum(np.abs(east), np.abs(north)) < SIDE_KM
    gaps, kept = inside @ (covered == 0.0).astype(float), inside @ (covered == 1.0).astype(float)
    able = inside & (gaps[:, None] <= np.median(gaps))
    alone = able @ np.where(covered == 1.0, 1.0 / np.maximum(able.sum(axis=0), 1), 0.0)
    return np.column_stack([gaps, kept, gaps / np.maximum(gaps + kept, 1.0), alone])


def by_timing(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """Where somebody watches, the time of an attack is known more sharply, and flights agree with it."""
    return np.column_stack(_around(towns, told, ["narrow", "best time", "sum time"]))


def by_certainty(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """Where somebody watches, who did it and how is known more surely, and there is more to say."""
    return np.column_stack(_around(towns, told, ["attack", "party", "mode", "graded", "pieces", "groups"]))


def by_ratios(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """Where somebody watches, the evidence speaks more strongly: likelihood ratios, which a court reads."""
    return np.column_stack(_around(towns, told, ["best ratio", "sum ratio"]))


def by_drawings(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """Who notes an aircraft puts it over a town near himself: how often flights are drawn over each town, in how many
    incidents, and how much more often than over towns round about."""
    east, north = _gaps_km(towns, [spot for one in told for spot in one.seen])
    over = np.hypot(east, north) < DRAWN_KM
    of_incident = np.repeat(np.arange(len(told)), [len(one.seen) for one in told])
    spots = over.sum(axis=1).astype(float)
    incidents = np.array([len(set(of_incident[row].tolist())) for row in over], dtype=float)
    around = _falling_to(towns, [(town.lat, town.lon) for town in towns], SCALES_KM[1])
    return np.column_stack([np.log1p(spots), incidents, spots / (1.0 + around @ spots), np.log1p(incidents)])


def by_flights_listed(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """What a table of flights and their bands on the clock say: many rows of a flight have many observers."""
    return np.column_stack(_around(towns, told, ["tracks", "carried", "rows", "rows carried", "bands", "band"]))


LOOKS: Mapping[str, Callable[[Sequence[Town], Sequence[Told]], Values]] = {
    "weights of flights": by_weight, "coverage": by_coverage, "timing": by_timing, "certainty": by_certainty,
    "likelihood ratios": by_ratios, "drawings": by_drawings, "flights listed": by_flights_listed,
}  # fmt: skip
"""Each adds up what incidents round about say."""


def by_inference(towns: Sequence[Town], told: Sequence[Told], odds: Values) -> Values:
    """`odds` (incidents,) are log-odds that a post kept a log there: a town of a post has them high all round, and
    where no other town can explain a log, one stands there."""
    east, north = _offsets_km(towns, told)
    inside = np.maximum(np.abs(east), np.abs(north)) < SIDE_KM
    chance = 1.0 / (1.0 + np.exp(-odds))
    count = np.maximum(inside.sum(axis=1), 1)
    lowest = np.where(inside.any(axis=1), np.where(inside, odds, np.inf).min(axis=1, initial=np.inf), 0.0)
    able = inside * np.exp(inside @ np.log(np.maximum(chance, 1e-3)))[:, None]
    alone = able / np.maximum(able.sum(axis=0), 1e-9) @ chance
    columns = [inside @ (odds - odds.mean()), inside @ odds / count, lowest, inside @ (1.0 - chance), alone]
    for scale in SCALES_KM:
        near = _falling(towns, told, scale)
        columns.append(near @ odds / near.sum(axis=1))
    return np.column_stack(columns)


INFERENCE, EVERYTHING, RULES = "inference", "everything", "everything, in rules"
ATTACKERS = ("prior", *LOOKS, INFERENCE, EVERYTHING, RULES)


def attack(wars: Sequence[War], names: Sequence[str] = ATTACKERS) -> dict[str, list[Values]]:
    """Scores of towns, war by war, of the prior and of attackers, each of whom knows what the prior knows.

    Every war is attacked with what was learnt from all others, and from nothing else: by ridge regression, or, in
    rules, by trees.
    """
    prior = [standardised(prior_features(war.towns, war.told)) for war in wars]
    looks = {name: [standardised(look(war.towns, war.told)) for war in wars] for name, look in LOOKS.items()}
    infers = {INFERENCE, EVERYTHING, RULES} & set(names)
    inferred = [_inferred(wars, at) if infers else prior for at in range(len(wars))]

    def known(name: str, at: int) -> list[Values]:
        mine = {"prior": [], INFERENCE: [inferred[at]]} | {look: [columns] for look, columns in looks.items()}
        return _joined(prior, mine.get(name, [*looks.values(), inferred[at]]))

    scores: dict[str, list[Values]] = {}
    for name in names:
        learn = _by_trees if name == RULES else trained
        scores[name] = [_left_out(wars, known(name, at), at, learn) for at in range(len(wars))]
    return scores


def _left_out(wars: Sequence[War], columns: Sequence[Values], at: int, learn: Learning) -> Values:
    """Scores of one war by what was learnt from all others."""
    return learn([(columns[k], war.manned) for k, war in enumerate(wars) if k != at], columns[at])


def _by_trees(known: Sequence[tuple[Values, Flags]], columns: Values) -> Values:
    return _learnt(known).of(columns)


def _learnt(known: Sequence[tuple[Values, Flags]]) -> Trees:
    return boosted(np.vstack([columns for columns, _ in known]), np.concatenate([flags for _, flags in known]))


def _joined(prior: Sequence[Values], looks: Sequence[Sequence[Values]]) -> list[Values]:
    """What is known of each town in each war, every look weighing as much as a single column of the prior."""
    scaled = [[one / np.sqrt(one.shape[1]) for one in look] for look in looks]
    return [np.hstack(parts) for parts in zip(prior, *scaled, strict=True)]


def log_odds(wars: Sequence[War], at: int) -> list[Values]:
    """For who attacks war `at`: the log-odds that a log was kept at each incident, in every war.

    The rule is learnt from other wars than the one that it is used on, else it would look better than it is; and from
    the truth of war `at` never.
    """
    others = [k for k in range(len(wars)) if k != at]
    odds: dict[int, Values] = {at: _rule([wars[k] for k in others]).of(_said_of(wars[at]))}
    for fold in range(FOLDS):
        rule = _rule([wars[k] for n, k in enumerate(others) if n % FOLDS != fold])
        odds |= {k: rule.of(_said_of(wars[k])) for n, k in enumerate(others) if n % FOLDS == fold}
    return [odds[k] for k in range(len(wars))]


def _inferred(wars: Sequence[War], at: int) -> list[Values]:
    said = zip(wars, log_odds(wars, at), strict=True)
    return [standardised(by_inference(war.towns, war.told, odds)) for war, odds in said]


def _rule(wars: Sequence[War]) -> Trees:
    """Whether a log was kept at an incident, from all that is published of it, together."""
    return _learnt([(_said_of(war), war.watched) for war in wars])


def _said_of(war: War) -> Values:
    return np.array([[one.says[name] for name in SAID] for one in war.told])


def prior_features(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """What is known without a log: how many incidents and towns lie round about, how near the nearest incident is."""
    east, north = _offsets_km(towns, told)
    others = [(town.lat, town.lon) for town in towns]
    crowd = [_falling(towns, told, scale).sum(axis=1) for scale in SCALES_KM]
    crowd += [_falling_to(towns, others, scale).sum(axis=1) for scale in SCALES_KM]
    return np.column_stack([*crowd, np.hypot(east, north).min(axis=1)])
