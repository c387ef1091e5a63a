"""Draws from tables of weights, and the streams of chance of a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.random import Generator

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Streams:
    """One stream of chance for each part of a world, all spawned from one generator.

    So a world without radio has the same flights, log and witnesses as the same seed's world with it.
    """

    land: Generator
    war: Generator
    posts: Generator
    log: Generator
    planted: Generator
    radio: Generator
    witnesses: Generator
    material: Generator
    names: Generator

    @classmethod
    def of_seed(cls, seed: int) -> Streams:
        """The streams of a seed: numpy's PCG64 (O'Neill 2014), whose sequence for a seed is fixed."""
        parts = np.random.default_rng(seed).spawn(len(fields(cls)))
        return cls(*parts)


def draw(rng: Generator, weights: Mapping[T, float]) -> T:
    """One key, with probability in proportion to its weight. The weights need not sum to 1."""
    mark = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark < 0.0:
            return key
    return key


def happens(rng: Generator, chance: float) -> bool:
    """True with that probability."""
    return bool(rng.random() < chance)
