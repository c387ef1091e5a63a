"""Letters to one addressee: a follow-up adds, the last word on an incident counts, drafts mark what lacks."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from put_examples import AS_IT_WAS, ONE_MORE, OTHER_MODE, OTHER_SITE, changed
from release_examples import COUNSEL, TABLES, decided, own_ring, row, silence, tried, write_case

from consilience.casework.decision_tables import letters_json, letters_lines
from consilience.casework.replying import letters
from consilience.casework.reporting import ready
from consilience.publish.document import Sentence
from consilience.records.allegations import Allegation, Put, Since, changes_since, put_of
from consilience.records.put_together import by_addressee, looked_at, put_together, went_out
from consilience.records.replies import Letter

FIRST, THIRD = row("sent", "L1", "2020-04-01"), row("sent", "L3", "2020-04-20")
SAME, OFFICE = "synthetic addressee  ONE", "Another Office of the Same Party"

HERE = Allegation("I1", date(2017, 4, 2), "Northtown", "F1", "Hospital one", "barrel bomb", ("Syrian",))
ELSE = replace(HERE, parties=("Russian",))
MORE = replace(HERE, incident_id="I2")
ASKED = replace(HERE, mode="", parties=())


@pytest.fixture(scope="module", autouse=True)
def _known(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its first letter put I1; then a second incident was found."""
    case = write_case(tmp_path_factory.mktemp("weighed") / "case", AS_IT_WAS)
    decided(case, [FIRST])
    return case


@pytest.fixture
def case(weighed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weighed, tmp_path / "case"))


def follow_up(case: Path, addressee: str = SAME, due: str = "2020-05-01") -> None:
    """A letter of its own, that puts what is alleged now."""
    (case / "letters.csv").write_text("\n".join([*TABLES["letters"], f"L3,Syrian,{addressee},,{due}"]) + "\n")
    code = of(case, "L3")["edition"]
    assert not decided(case, [{**THIRD, "scope": code}]).bad


def shut(case: Path) -> list[str]:
    return [one for one in tried(case, case.parent / "out", dry_run=True).reasons if one.startswith("letter")]


def of(case: Path, letter_id: str) -> dict[str, Any]:
    every = letters_json(letters(case, None, progress=silence))["letters"]
    return dict(next(one for one in every if one["letter_id"] == letter_id))


def marked(case: Path, language: str = "en") -> dict[str, Sentence]:
    document = ready(case, workers=1, progress=silence).document("public", language)
    return {one.sentence_id: one for one in document.sentences if one.sentence_id.startswith("letters/")}


def test_a_follow_up_with_more_covers_together_with_the_first_and_it_is_said_which_put_which(case: Path) -> None:
    changed(case, ONE_MORE)
    assert len(shut(case)) == 1
    follow_up(case)
    assert shut(case) == []
    first, third = of(case, "L1"), of(case, "L3")
    assert first["put_in"] == third["put_in"] == {"I1": ["L1", "L3"], "I2": ["L3"]}
    assert first["puts_all"] is True
    lines = letters_lines(letters(case, None, progress=silence))
    assert "L1: with L3, put so far: I1 in L1 and in L3; I2 in L3" in lines
    assert marked(case)["letters/L1"].flags == ()


def test_each_letter_has_a_time_of_its_own_that_has_to_be_over(case: Path) -> None:
    changed(case, ONE_MORE)
    follow_up(case, due="2020-05-04")
    assert shut(case) == ["letter L3: its deadline, 2020-05-04, is not over at as_of 2020-05-04"]


def test_a_letter_to_another_office_of_the_party_covers_nothing_for_the_first(case: Path) -> None:
    changed(case, ONE_MORE)
    follow_up(case, OFFICE)
    (why,) = shut(case)
    assert why.startswith("letter L1, sent on 2020-04-01: I2 was not put: ")


def test_what_a_later_letter_put_otherwise_takes_the_place_of_the_earlier(case: Path) -> None:
    changed(case, OTHER_SITE)
    follow_up(case)
    assert shut(case) == []
    changed(case, {})  # as the first letter put it, and not the last
    (why,) = shut(case)
    assert why.startswith("letters L1, sent on 2020-04-01, and L3, sent on 2020-04-20: I1 was put otherwise (")
    assert "(letter L3, sent on 2020-04-20; letter L1, sent on 2020-04-01 put it as it is alleged now, and not" in why
    assert of(case, "L1")["put_in"] == {}


def test_counsel_s_word_on_one_letter_ends_with_the_next_to_the_same_addressee(case: Path) -> None:
    changed(case, ONE_MORE)
    decided(case, [row("put_enough", "L1", by=COUNSEL, reason="it knows by its own statement")])
    assert shut(case) == []
    changed(case, {})
    follow_up(case)
    assert shut(case) == []
    changed(case, ONE_MORE)
    assert [why.split(": ")[1] for why in shut(case)] == ["I2 was not put"]


@pytest.mark.parametrize(
    ("language", "lacking"), [("en", "not put to this addressee: "), ("ar", "لم يُعرض على هذا المخاطَب: ")]
)
def test_a_draft_marks_the_sentence_of_a_letter_that_did_not_put_all_with_what_lacks(
    case: Path, language: str, lacking: str
) -> None:
    changed(case, ONE_MORE)
    sentences = marked(case, language)
    (flag,) = sentences["letters/L1"].flags
    assert flag.startswith(lacking)
    assert "I2" in flag
    assert "I1" not in flag
    assert sentences["letters/L2"].flags == (), "of it nobody knows what it put"
    changed(case, OTHER_MODE)
    (flag,) = marked(case, language)["letters/L1"].flags
    assert "I1" in flag
    assert {"en": "mode, parties", "ar": "الوسيلة، الأطراف"}[language] in flag
    decided(case, [row("put_enough", "L1", by=COUNSEL, reason="it knows by its own statement")])
    assert marked(case, language)["letters/L1"].flags == ()


def letter(name: str, day: int, *said: Allegation, unknown: str = "") -> Letter:
    put = Put(unknown, None) if unknown else put_of(said)
    return Letter(name, "Syrian", "One", sent_on=date(2020, 4, day), put=put)


def lacks(every: list[Letter], *now: Allegation) -> list[Since]:
    put = put_together(went_out(every), put_of(now))
    assert put is not None
    return [one.since for one in changes_since(put, None, put_of(now))]


UNKNOWN = "edition:0123456789abcdef"


@pytest.mark.parametrize(
    ("every", "now", "how"),
    [
        ([letter("A", 1, HERE), letter("B", 2, MORE)], [HERE, MORE], []),
        ([letter("B", 2, HERE), letter("A", 1, ELSE)], [HERE], []),
        ([letter("A", 1, HERE), letter("B", 2, ELSE)], [HERE], [Since.OTHERWISE]),
        ([letter("A", 1, HERE), letter("B", 1, ELSE)], [HERE], [Since.OTHERWISE]),
        ([letter("B", 1, HERE), letter("A", 1, ELSE)], [HERE], [Since.OTHERWISE]),
        ([letter("A", 1, HERE), letter("B", 2, ASKED)], [HERE], [Since.ONLY_ASKED]),
        ([letter("A", 1, HERE), letter("B", 2, unknown=UNKNOWN)], [HERE], [Since.UNKNOWN]),
        ([letter("A", 1, unknown=UNKNOWN), letter("B", 1, HERE)], [HERE], [Since.UNKNOWN]),
        ([letter("A", 1, unknown=UNKNOWN), letter("B", 2, HERE)], [HERE], []),
        ([letter("A", 1, unknown=UNKNOWN), letter("B", 2, HERE)], [HERE, MORE], [Since.NOT_PUT]),
        ([letter("A", 1, ELSE), letter("B", 2, unknown=put_of([HERE]).edition)], [HERE], []),
    ],
)
def test_of_each_incident_the_last_word_counts_and_what_nobody_knows_ends_what_was_known(
    every: list[Letter], now: list[Allegation], how: list[Since]
) -> None:
    assert lacks(every, *now) == how


def test_a_letter_of_which_counsel_signed_that_no_reply_is_sought_puts_nothing() -> None:
    signed = replace(letter("B", 2, MORE), not_sought_by=COUNSEL, not_sought_why="it would endanger somebody")
    assert lacks([letter("A", 1, HERE), signed], HERE, MORE) == [Since.NOT_PUT]


def test_what_counsel_looked_at_in_two_letters_covers_what_either_word_was_of() -> None:
    both = [replace(letter("A", 1, HERE), enough=put_of([ELSE])), replace(letter("B", 2), enough=put_of([HERE, MORE]))]
    for every in (both, both[::-1]):
        found = looked_at(every, put_of([ELSE]))
        assert found is not None
        assert {one.incident_id: one.parties for one in found.alleged or ()} == {"I1": ("Russian",), "I2": ("Syrian",)}


def test_letters_without_party_and_addressee_stand_alone_and_blanks_and_case_tell_nobody_apart() -> None:
    every = [
        Letter("A", "Syrian", "The  Office"), Letter("B", "Syrian", "the office"), Letter("C", "Russian", "the office"),
        Letter("D", None, None), Letter("E", None, None), Letter("F", "Syrian", None),
    ]  # fmt: skip
    assert [[one.letter_id for one in group] for group in by_addressee(every)] == [
        ["A", "B"],
        ["C"],
        ["D"],
        ["E"],
        ["F"],
    ]


def test_nothing_is_put_by_letters_that_no_decision_speaks_of() -> None:
    assert put_together(went_out([Letter("A", "Syrian", "One", sent_on=date(2020, 4, 1))]), put_of([HERE])) is None
