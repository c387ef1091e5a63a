"""What a word for an aircraft says of z: p(word | platform, party), for witnesses and for flight spotters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.hypotheses import Hypotheses, spread_over_together
from consilience.records.reference_data import OrderOfBattle, Platform


class AircraftClass(StrEnum):
    """What even a lay person can tell apart."""

    JET = "jet"
    HELICOPTER = "helicopter"
    DRONE = "drone"
    TRANSPORT = "transport"
    GROUND = "ground"


_DRONE_BELOW_KMH = 180.0
_HELICOPTER_BELOW_KMH = 320.0


def class_of(platform: Platform) -> AircraftClass:
    """The class by cruise speed and armament, which is all that an order of battle tells of it.

    Below 180 km/h a drone, below 320 km/h a helicopter, else armed a jet and unarmed a transport: our choice, by the
    gaps between the speeds of the shipped order of battle. A fast armed drone (MQ-9, Anka) counts as a helicopter.
    """
    if platform.cruise_kmh is None:
        return AircraftClass.GROUND
    if platform.cruise_kmh < _DRONE_BELOW_KMH:
        return AircraftClass.DRONE
    if platform.cruise_kmh < _HELICOPTER_BELOW_KMH:
        return AircraftClass.HELICOPTER
    return AircraftClass.JET if platform.modes else AircraftClass.TRANSPORT


Classes = tuple[Mapping[str, AircraftClass], Mapping[AircraftClass, int]]

_classes: dict[int, tuple[OrderOfBattle, Classes]] = {}
"""By identity, for to compare two orders of battle takes longer than to class their platforms; each is held here, so
that no other can come to have its identity."""


def classes_in(orbat: OrderOfBattle) -> Classes:
    """The class of each platform of an order of battle, by name, and how many are of each class."""
    if id(orbat) not in _classes:
        if len(_classes) >= _MOST_HELD:
            _classes.clear()
        of = {name: class_of(row) for name, row in orbat.platforms.items()}
        _classes[id(orbat)] = orbat, (of, Counter(of.values()))
    return _classes[id(orbat)][1]


_MOST_HELD = 16


@dataclass(frozen=True, slots=True)
class WordModel:
    """How well somebody names aircraft: probabilities that the very type, and that the class, is right."""

    type_right: float
    class_right: float
    outside_list: float

    def p_word(self, meant: tuple[str, ...], platform: str, orbat: OrderOfBattle) -> float:
        """p(word | platform), relative to words of like breadth; 1 where the word may mean any platform.

        One type: type_right on it, the rest of class_right evenly over its class, the rest evenly over all. A word for
        several types is right for all of them alike, `outside_list` as often for others of their class, and rarely
        (1 − class_right) for another class. Of what is like no platform of the list ("") it is said as of their mean.
        """
        if not meant:
            return 1.0
        if not platform:
            return sum(self.p_word(meant, name, orbat) for name in orbat.platforms) / len(orbat.platforms)
        of, many = classes_in(orbat)
        classes = {of[name] for name in meant}
        same_class = of[platform] in classes
        if len(meant) > 1:
            if platform in meant:
                return self.class_right
            return self.class_right * self.outside_list if same_class else 1 - self.class_right
        of_class = sum(many[one] for one in classes)
        p = (1 - self.class_right) / len(orbat.platforms)
        if same_class:
            p += max(self.class_right - self.type_right, 0.0) / of_class
        return p + (self.type_right if platform in meant else 0.0)


def likelihood_of_word(
    model: WordModel, meant: tuple[str, ...], orbat: OrderOfBattle, hypotheses: Hypotheses
) -> NDArray[np.float64]:
    """p(word | z), shape (K,). Without an attack (another cause, none) the word is as likely as on average."""
    key = ("word", model, meant)  # hypotheses are those of one order of battle
    return hypotheses.kept(key, lambda: _likelihood_of_word(model, meant, orbat, hypotheses))


def _likelihood_of_word(
    model: WordModel, meant: tuple[str, ...], orbat: OrderOfBattle, hypotheses: Hypotheses
) -> NDArray[np.float64]:
    said = {name: model.p_word(meant, name, orbat) for name in set(hypotheses.likeness)}
    values = np.array([said[name] for name in hypotheses.likeness])
    return fill_without_attack(spread_over_together(values, hypotheses), hypotheses)


def fill_without_attack(values: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    """Give "another cause" and "none" the prior mean of a likelihood (…, K): a claim there says nothing of z."""
    prior = np.exp(hypotheses.log_prior) * hypotheses.is_attack
    filled = values.copy()
    filled[..., -2:] = (values @ prior / prior.sum())[..., np.newaxis]
    return filled
