"""Whoever has no row in force has something like what is listed for the mode: no exact word may work for him."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilience.corroborate.aircraft import WordModel, likelihood_of_word
from consilience.corroborate.hypotheses import UNLISTED, Hypotheses, hypotheses_on
from consilience.corroborate.likelihood.munitions import munition_likelihood
from consilience.corroborate.posterior import cluster_prior
from consilience.records.reference_data import Operator, OrderOfBattle
from consilience.records.tables import MODES
from consilience.reference.assumptions import load_assumptions
from consilience.reference.orbat import load_orbat
from consilience.reference.words import read_platform

DAY = date(2017, 4, 10)
SYRIA = load_orbat("syria")
PARTIES = ("Syrian", "Russian")
WITNESS = WordModel(type_right=0.25, class_right=0.9, outside_list=0.3)
WORDS = ("D-30", "Grad", "mortar", "Su-24", "MiG-23", "Mi-8", "helicopter", "warplane", "Tochka", "drone")


def _kinds(orbat: OrderOfBattle) -> Hypotheses:
    return hypotheses_on(DAY, orbat, PARTIES, several_strikes=False)


def _without(orbat: OrderOfBattle, party: str, mode: str) -> OrderOfBattle:
    """The order of battle of which a party's rows of a mode ended the year before."""
    rows = (
        replace(row, last_day=date(2016, 1, 1)) if row.party == party and mode in row.modes else row
        for row in orbat.operators
    )
    return replace(orbat, operators=tuple(rows))


def _mean(values: np.ndarray, kinds: Hypotheses, rows: np.ndarray) -> float:
    prior = np.exp(kinds.log_prior)[rows]
    return float(values[rows] @ prior / prior.sum())


def _said(word: str, orbat: OrderOfBattle, kinds: Hypotheses) -> np.ndarray:
    return likelihood_of_word(WITNESS, read_platform(word, orbat, PARTIES).platforms, orbat, kinds)


@settings(deadline=None)
@given(st.sampled_from(WORDS), st.sampled_from(PARTIES), st.sampled_from(MODES))
def test_a_word_is_as_likely_of_an_unlisted_platform_as_of_what_everybody_has_for_the_mode(
    word: str, party: str, mode: str
) -> None:
    orbat = _without(SYRIA, party, mode)
    kinds, all_alike = _kinds(orbat), _one_party(orbat)
    rows = kinds.where(party=party, mode=mode, platform=UNLISTED)
    if not rows.any():
        assert not kinds.where(party=party, mode=mode).any(), "a party with a share has a row"
        return
    everybody = _kinds(all_alike)
    listed = everybody.where(party="Syrian", mode=mode)
    found = _mean(_said(word, orbat, kinds), kinds, rows)
    assert found == pytest.approx(_mean(_said(word, all_alike, everybody), everybody, listed))


def _one_party(orbat: OrderOfBattle) -> OrderOfBattle:
    """Everything in force as if the first party had it all."""
    return replace(orbat, operators=tuple(replace(row, party="Syrian") for row in orbat.operators))


@pytest.mark.parametrize("word", WORDS)
def test_no_word_is_likelier_of_an_unlisted_platform_than_of_the_likeliest_listed_one(word: str) -> None:
    for mode in MODES:
        orbat = _without(SYRIA, "Russian", mode)
        kinds = _kinds(orbat)
        unlisted = kinds.where(party="Russian", mode=mode, platform=UNLISTED)
        listed = kinds.where(party="Syrian", mode=mode)
        if unlisted.any():
            said = _said(word, orbat, kinds)
            assert said[unlisted].max() <= said[listed].max() + 1e-12, mode


def test_a_gun_named_exactly_no_longer_points_to_whoever_has_no_gun_in_force() -> None:
    """The case that was found: "D-30" said of a day after a party's rows had ended."""
    orbat = _without(SYRIA, "Russian", "ground attack")
    kinds = _kinds(orbat)
    said = _said("D-30", orbat, kinds)
    has_it = kinds.where(party="Syrian", mode="ground attack", platform="field gun")
    has_none = kinds.where(party="Russian", mode="ground attack")
    assert _mean(said, kinds, has_none) < _mean(said, kinds, has_it)
    assert _mean(said, kinds, has_none) == pytest.approx(
        _mean(said, kinds, kinds.where(mode="ground attack") & ~has_none), rel=0.2
    )


def test_a_remnant_and_bomblets_are_read_alike() -> None:
    orbat = _without(SYRIA, "Russian", "ground attack")
    kinds, all_alike = _kinds(orbat), _one_party(orbat)
    everybody = _kinds(all_alike)
    rows = kinds.where(party="Russian", mode="ground attack", platform=UNLISTED)
    listed = everybody.where(party="Syrian", mode="ground attack")
    for name in ("9M27K", "mortar round", "elephant rocket"):
        here = munition_likelihood(name, 0.9, kinds, orbat)
        there = munition_likelihood(name, 0.9, everybody, all_alike)
        assert here is not None
        assert there is not None
        assert _mean(here, kinds, rows) == pytest.approx(_mean(there, everybody, listed)), name
    assumptions = load_assumptions()
    able, of_all = cluster_prior(kinds, assumptions), cluster_prior(everybody, assumptions)
    assert _mean(able, kinds, rows) == pytest.approx(_mean(of_all, everybody, listed))
    bomb = munition_likelihood("RBK-500 SPBE-D", 0.9, kinds, orbat)
    assert bomb is not None
    assert bomb[rows].max() < 0.1, "no launcher on the ground drops a bomb, listed or not"


def test_several_words_for_one_weapon_are_of_one_weapon() -> None:
    """Each likeness is a row of its own: two words for a Grad weigh as they would for a party that has everything."""
    orbat = _without(SYRIA, "Russian", "ground attack")
    kinds, all_alike = _kinds(orbat), _one_party(orbat)
    everybody = _kinds(all_alike)
    rows = kinds.where(party="Russian", mode="ground attack", platform=UNLISTED)
    listed = everybody.where(party="Syrian", mode="ground attack")
    twice = _said("Grad", orbat, kinds) ** 2, _said("Grad", all_alike, everybody) ** 2
    assert _mean(twice[0], kinds, rows) == pytest.approx(_mean(twice[1], everybody, listed))
    assert _mean(twice[0], kinds, rows) > 1.05 * _mean(_said("Grad", orbat, kinds), kinds, rows) ** 2


def test_the_share_is_kept_whole_and_the_order_of_rows_does_not_matter() -> None:
    before, orbat = _kinds(SYRIA), _without(SYRIA, "Russian", "air strike")
    after, turned = _kinds(orbat), _kinds(replace(orbat, operators=orbat.operators[::-1]))
    share = [float(np.exp(k.log_prior)[k.where(party="Russian", mode="air strike")].sum()) for k in (before, after)]
    assert share[0] == pytest.approx(share[1])
    assert (after.platform, after.likeness) == (turned.platform, turned.likeness)
    assert after.log_prior == pytest.approx(turned.log_prior)


def test_where_nothing_is_in_force_or_listed_for_a_mode_every_listed_platform_or_none_is_like_it() -> None:
    over = replace(SYRIA, operators=tuple(replace(row, last_day=date(2010, 1, 1)) for row in SYRIA.operators))
    kinds = _kinds(over)
    able = {name for name, platform in SYRIA.platforms.items() if "ballistic missile" in platform.modes}
    rows = kinds.where(party="Syrian", mode="ballistic missile")
    assert {kinds.likeness[k] for k in np.flatnonzero(rows)} == able
    bare = replace(SYRIA, operators=tuple[Operator, ...](), platforms={
        name: platform for name, platform in SYRIA.platforms.items() if "ballistic missile" not in platform.modes
    })  # fmt: skip
    kinds = _kinds(bare)
    (row,) = np.flatnonzero(kinds.where(party="Syrian", mode="ballistic missile"))
    assert (kinds.platform[row], kinds.likeness[row]) == (UNLISTED, "")
    said = likelihood_of_word(WITNESS, ("Su-24",), bare, kinds)
    every = [WITNESS.p_word(("Su-24",), name, bare) for name in bare.platforms]
    assert said[row] == pytest.approx(float(np.mean(every)))
