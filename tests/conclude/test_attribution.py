"""Nobody is named below the standard, nobody beyond the fewest that hold it, and the words say one of or together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.conclude.attribution import Attribution, attribute, not_on_one_source

PARTIES = ("Syrian", "Russian")


def _attribute(
    party: dict[str, float], together: float = 0.0, attack: float = 0.99, level: float = 0.95, weight: float = 2.0
) -> Attribution:
    return attribute(party, together, parties=PARTIES, level=level, attack_probability=attack, attack_weight=weight)


def test_a_party_that_holds_the_standard_alone_is_named_alone() -> None:
    named = _attribute({"Syrian": 0.96, "Russian": 0.03, "other": 0.01})
    assert (named.parties, named.relation, named.wording) == (("Syrian",), "one_of", "Syrian")


def test_two_that_hold_it_only_between_them_are_one_of_in_the_order_of_the_case() -> None:
    named = _attribute({"Russian": 0.60, "Syrian": 0.39, "other": 0.01})
    assert (named.parties, named.relation, named.wording) == (("Syrian", "Russian"), "one_of", "Syrian or Russian")


def test_together_alone_names_both_as_having_taken_part() -> None:
    named = _attribute({"Syrian": 0.49, "Russian": 0.51, "other": 0.0}, together=0.96)
    assert (named.parties, named.relation, named.wording) == (("Syrian", "Russian"), "together", "Syrian and Russian")


def test_together_with_a_party_is_their_union_and_one_of() -> None:
    named = _attribute({"Syrian": 0.30, "Russian": 0.70, "other": 0.0}, together=0.58)
    assert (named.parties, named.relation) == (("Syrian", "Russian"), "one_of")


def test_half_of_together_is_not_counted_for_a_party_alone() -> None:
    """0.955 for a party of which 0.01 is its half of together leaves it below the standard by itself."""
    named = _attribute({"Syrian": 0.955, "Russian": 0.045, "other": 0.0}, together=0.02)
    assert named.parties == ("Syrian", "Russian")


@pytest.mark.parametrize(("weight", "names"), [(-0.01, 0), (0.29, 0), (0.31, 1)])
def test_nobody_is_named_for_an_attack_that_only_the_prior_makes_probable(weight: float, names: int) -> None:
    named = _attribute({"Syrian": 0.96, "Russian": 0.03, "other": 0.01}, attack=0.97, weight=weight)
    assert len(named.parties) == names
    assert (named.why_nobody is None) == bool(names)


def test_where_other_would_be_in_the_set_nobody_is_named() -> None:
    named = _attribute({"Syrian": 0.5, "Russian": 0.05, "other": 0.45})
    assert (named.parties, named.relation, named.wording) == ((), None, "not attributed")
    assert named.why_nobody is not None
    assert "other" in named.why_nobody


@pytest.mark.parametrize(("attack", "is_named"), [(0.95, True), (0.949999, False)])
def test_nobody_is_named_where_an_attack_is_not_established(attack: float, is_named: bool) -> None:
    named = _attribute({"Syrian": 1.0, "Russian": 0.0, "other": 0.0}, attack=attack)
    assert bool(named.parties) is is_named
    assert (named.why_nobody is None) is is_named


def test_exactly_the_standard_is_enough() -> None:
    assert _attribute({"Syrian": 0.95, "Russian": 0.05, "other": 0.0}).parties == ("Syrian",)


@given(
    st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(lambda w: sum(w) > 0),
    st.sampled_from([0.5, 0.8, 0.95, 0.99]),
)
def test_the_set_holds_the_standard_and_no_smaller_one_does(weights: list[int], level: float) -> None:
    syrian, russian, other, together = (w / sum(weights) for w in weights)
    party = {"Syrian": syrian + together / 2, "Russian": russian + together / 2, "other": other}
    named = _attribute(party, together, level=level)
    masses = sorted((syrian, russian, other, together), reverse=True)
    fewest = next(n for n in range(1, 5) if sum(masses[:n]) >= level - 1e-9)
    if named.relation == "together":
        assert together >= level - 1e-9
        assert fewest == 1
    elif named.parties == ("Syrian",):
        assert syrian >= level - 1e-6
    elif named.parties == ("Russian",):
        assert russian >= level - 1e-6
    elif named.parties:
        assert syrian + russian + together >= level - 1e-6
        assert fewest >= 2
    else:
        assert other > 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_renaming_the_parties_renames_the_answer(share: float, together_share: float) -> None:
    together = together_share * 0.9
    rest = 1 - together
    one = {"Syrian": rest * share + together / 2, "Russian": rest * (1 - share) + together / 2, "other": 0.0}
    swapped = {"Syrian": one["Russian"], "Russian": one["Syrian"], "other": 0.0}
    mirror = {"Syrian": "Russian", "Russian": "Syrian"}
    first, second = _attribute(one, together), _attribute(swapped, together)
    assert {mirror[name] for name in first.parties} == set(second.parties) or share == 0.5
    assert first.relation == second.relation


def test_a_name_that_one_source_carries_is_widened_to_the_likeliest_other_party() -> None:
    shares = {"Syrian": 0.97, "Russian": 0.02, "other": 0.01}
    assert not_on_one_source(_attribute(shares), shares, PARTIES).wording == "Syrian or Russian"
    three = {"A": 0.97, "B": 0.01, "C": 0.02, "other": 0.0}
    one = Attribution(("A",), "one_of", "A", 0.95)
    assert not_on_one_source(one, three, ("A", "B", "C")).wording == "A or C"


def test_a_set_of_two_or_of_nobody_hangs_on_no_single_source() -> None:
    for shares in ({"Syrian": 0.6, "Russian": 0.4, "other": 0.0}, {"Syrian": 0.5, "Russian": 0.0, "other": 0.5}):
        assert not_on_one_source(_attribute(shares), shares, PARTIES) == _attribute(shares)


def test_without_another_party_in_the_case_nobody_is_named_on_one_source() -> None:
    alone = Attribution(("A",), "one_of", "A", 0.95)
    nobody = not_on_one_source(alone, {"A": 0.99, "other": 0.01}, ("A",))
    assert (nobody.parties, nobody.relation) == ((), None)
    assert "one source" in (nobody.why_nobody or "")
