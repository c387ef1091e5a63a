"""What was decided before is found by an index that says the same as going through all of it, row by row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import process_time

import pytest

from consilience.casework.earlier_decisions import EarlierDecisions, said_by, words_of
from consilience.casework.letter_rows import laid_over
from consilience.errors import ExhibitDamaged
from consilience.records.decisions import KINDS, NOTE, WITHDRAW, WITHDREW, Decision, person, retracted_in, still_held
from consilience.records.replies import Letter
from consilience.vault.beside_ledger import keep_note, read_note

ENDS = {
    "review": ("review",), "sent": ("sent", "not_sought"), "due": ("due", "not_sought"),
    "put_enough": ("put_enough", "sent", "not_sought"), "reply": ("reply", "not_sought"),
    "not_sought": ("not_sought", "sent", "due", "reply"), "reply_effect": ("reply_effect",), "blur": ("blur", "show"),
    "show": ("blur",),
}  # fmt: skip
VALUES = {"sent": ("2020-05-01", "2020-05-02"), "due": ("2020-06-01", "2020-06-02"), "review": ("retracted", "draft")}


def _takes_place(later: Decision, one: Decision) -> bool:
    if (one.kind, later.kind) == ("put_enough", "sent"):
        return True  # whoever it went to may be the same addressee
    if later.target != one.target or later.kind not in ENDS.get(one.kind, ()):
        return False
    if one.kind == "review":
        return person(later.by) == person(one.by)
    return one.kind != "reply_effect" or later.scope == one.scope


def _is_same(one: Decision, other: Decision, folder: Path) -> bool:
    if one.kind == NOTE == other.kind:
        alike = words_of(one) == words_of(replace(other, value="")) and bool(one.commitment)
        return alike and read_note(folder, one.commitment) == other.value
    if one.unbound and one.kind in ("review", "sign_off"):
        return False  # it has to be given again, in the same words too
    return words_of(one) == words_of(other)


def _slowly(earlier: Sequence[Decision], decision: Decision, folder: Path) -> Decision | None:
    held = still_held(earlier)
    for place, one in enumerate(held):
        if _is_same(one, decision, folder) and not any(_takes_place(later, one) for later in held[place + 1 :]):
            return one
    return None


def _any_decision(dice: random.Random, number: int) -> Decision:
    """Of few words, so that many say the same; a withdrawal names any decision, a withdrawal too, or none yet."""
    kind = dice.choice([*KINDS, WITHDRAW, WITHDRAW, "review"])
    target = f"D{dice.randrange(number + 2)}" if kind == WITHDRAW else dice.choice(("A", "B"))
    by, scope = dice.choice(("Anna Meyer", "Meyer, Anna", "Tom Oxo")), dice.choice(("", "L1", "finding:0"))
    value = dice.choice(VALUES.get(kind, ("one", "two")))
    return Decision(
        f"D{dice.choice((number, number, number, number // 2))}", kind, target, value, by, date(2020, 5, 1), scope=scope
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_index_says_what_going_through_all_of_it_says(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    every: list[Decision] = []
    index = EarlierDecisions((), tmp_path)
    letter, found_again = Letter("A", "Syrian", None, date(2020, 4, 1)), 0
    for number in range(160):
        one = _any_decision(dice, number)
        same = _slowly(every, one, tmp_path)
        assert index.same(one) is same
        found_again += same is not None
        assert (one.decision_id in index.ids()) == any(one.decision_id == other.decision_id for other in every)
        if one.kind != NOTE:
            assert index.times_said(one) == sum(said_by(one) == said_by(other) for other in every)
        if one.kind == NOTE:
            kept = keep_note(tmp_path, one.value) if dice.random() < 0.8 else ""
            one = replace(one, value="", commitment=kept)
        if dice.random() < 0.1:
            one = replace(one, unbound=WITHDREW)
        if same is None or dice.random() < 0.3:
            every.append(one)
            index.add(one)
        held = still_held(every)
        assert index.retracted() == retracted_in(held)
        assert index.of_kind(NOTE) == sum(other.kind == NOTE for other in every)
        assert _laid(letter, index.on_letter("A")) == _laid(letter, [other for other in held if other.target == "A"])
    assert found_again > 5
    assert EarlierDecisions(every, tmp_path).retracted() == index.retracted()


def test_a_note_that_is_gone_from_the_vault_is_told_once_it_is_compared(tmp_path: Path) -> None:
    first = Decision("note-1", NOTE, "A", "", "Tom Oxo", date(2020, 5, 1), commitment=keep_note(tmp_path, "one"))
    gone = replace(first, decision_id="note-2", commitment="0" * 64)
    index = EarlierDecisions((first, gone), tmp_path)
    assert index.same(replace(first, value="one")) == first
    with pytest.raises(ExhibitDamaged):
        index.same(replace(first, value="two"))


@pytest.mark.parametrize("of", ["words", "persons", "withdrawn"])
def test_ten_times_the_rows_take_no_more_than_ten_times_the_time_and_some(tmp_path: Path, of: str) -> None:
    """Going through all of it took a hundred times as long. Of three tries the fastest counts."""
    few, many = (min(_seconds(tmp_path, of, rows) for _ in range(3)) for rows in (400, 4_000))
    assert many < 30 * few + 0.05


def _seconds(folder: Path, of: str, rows: int) -> float:
    first = Decision("", "review", "A", "reviewed", "Anna Meyer", date(2020, 5, 1))
    index, start = EarlierDecisions((), folder), process_time()
    for number in range(rows):
        one = replace(first, decision_id=f"D{number}")
        if of == "words":
            one = replace(one, value=("reviewed", "contested")[number % 2])
        elif of == "persons":
            one = replace(one, by=f"Anna Meyer {number}")
        elif number % 2:
            one = replace(one, kind=WITHDRAW, target=f"D{number - 1}")
        assert index.same(one) is None
        index.add(one)
    return process_time() - start


def _laid(letter: Letter, decisions: Sequence[Decision]) -> Letter:
    """Where it stands; earlier replies, which a report tells too, say nothing of that."""
    for one in decisions:
        letter = laid_over(letter, one)
    return replace(letter, replies=())
