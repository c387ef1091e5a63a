"""Sums of casualties: the sum of the incidents' ranges, open where one is open, and no disagreement hidden in them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilience.conclude.casualties import UNKNOWN, Range, total
from consilience.publish.catalogue import catalogue_of, languages
from consilience.publish.document import Grid, Paragraph
from consilience.publish.profiles import PROFILES
from consilience.publish.statements.admitted import admit
from consilience.publish.statements.casualty_sentences import casualty_sentences, killed_grid, killed_in_all
from consilience.publish.statements.frame import Frame, Names
from consilience.publish.statements.words import Words
from consilience.records.views import CaseView, IncidentView
from reported_cases import records_with

ENDS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: (min(ends), max(ends)))
RANGES = st.one_of(ENDS, st.tuples(st.integers(0, 60), st.none()), st.just(UNKNOWN))


def block(incident_id: str, pair: Range, accounts: list[str], *, attack: float = 0.99) -> dict[str, Any]:
    """A finding of which only casualties and evidence are read here."""
    return {
        "incident_id": incident_id, "title": incident_id, "facility_id": None, "attack_probability": attack,
        "casualties": {"killed": None if pair == UNKNOWN else list(pair), "injured": None},
        "evidence": [{"evidence_id": name, "kind": "account"} for name in accounts],
    }  # fmt: skip


def framed(
    blocks: list[dict[str, Any]], accounts: list[dict[str, Any]], language: str = "en", profile: str = "public"
) -> Frame:
    """A frame whose totals are those of conclude."""
    killed = total(tuple(b["casualties"]["killed"] or UNKNOWN) for b in blocks if b["attack_probability"] >= 0.95)
    findings = {
        "case_digest": "sha256:00", "version": "0", "left_out": 0, "incidents": blocks,
        "totals": {"killed": None if killed == UNKNOWN else list(killed)},
    }  # fmt: skip
    seen = tuple(
        IncidentView(b["incident_id"], (), (), (None, None), (), (), {}, (), (), 0.0, 0.0, 0.0) for b in blocks
    )
    view = CaseView("synthetic", "A made-up case", "Asia/Damascus", None, ("Red", "Blue"), {}, seen, (), ())
    case = admit(findings, records_with({"accounts": accounts}), view, PROFILES[profile], {})
    return Frame(case, Words(catalogue_of(language), case.settings.zone), Names(), {})


def said(frame: Frame) -> tuple[dict[str, str], list[tuple[str, ...]]]:
    blocks = (*killed_in_all(frame), *killed_grid(frame))
    sentences = {one.sentence_id: one.text for b in blocks if isinstance(b, Paragraph) for one in b.sentences}
    return sentences, [row for b in blocks if isinstance(b, Grid) for row in b.rows]


def numbers(text: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", text)]


@settings(max_examples=60, deadline=None)
@given(ranges=st.lists(RANGES, min_size=1, max_size=8), language=st.sampled_from(languages()))
def test_the_sum_is_the_sum_of_the_ranges_of_the_attacks(ranges: list[Range], language: str) -> None:
    blocks = [block(f"N{k:02d}", pair, []) for k, pair in enumerate(ranges)]
    told = [pair for pair in ranges if pair != UNKNOWN]
    frame = framed(blocks, [], language)
    sentences, rows = said(frame)
    if not told:
        assert rows == []
        assert list(sentences) == ["totals/killed"]
        return
    ends = [numbers(row[1]) for row in rows]
    assert [end[0] for end in ends[:-1]] == [low for low, _ in told]
    assert ends[-1][0] == sum(low for low, _ in told if low is not None)
    bounded = [(low, high) for low, high in ranges if low is not None and high is not None]
    least, most = sum(low for low, _ in bounded), sum(high for _, high in bounded)
    if len(bounded) == len(ranges):
        assert {*numbers(sentences["totals/killed"])} == {least, most} == {*ends[-1]}
        return
    assert numbers(sentences["totals/killed"])[0] == ends[-1][0]
    assert len(ends[-1]) == 1, "no sum has a most where an attack has none"
    if bounded:
        assert {least, most} <= {*numbers(sentences["totals/killed/bounded"])}


DISAGREE: list[dict[str, Any]] = [
    {"account_id": "A1", "killed_min": 3, "killed_max": 3},
    {"account_id": "A2", "killed_min": 7, "killed_max": 7},
    {"account_id": "A3"},
]


@pytest.mark.parametrize("language", languages())
def test_accounts_that_differ_are_a_range_with_who_says_what_at_every_place(language: str) -> None:
    """Killed 3, killed 7: nowhere is it one number, and nowhere are they nameless."""
    frame = framed([block("N1", (3, 7), ["A1", "A2", "A3"]), block("N2", (2, 2), [])], DISAGREE, language)
    sentences, rows = said(frame)
    assert {5, 9} <= {*numbers(sentences["totals/killed"])}
    assert "totals/killed/differ" in sentences
    (first, second, last) = rows
    assert {3, 7} == {*numbers(first[1])}
    assert re.search("3: .?A1.*7: .?A2", first[2])
    assert "A3" not in first[2]
    assert second[2] == ""
    assert {5, 9} == {*numbers(last[1])}
    (annexe,) = casualty_sentences(frame, frame.blocks[0][0])
    assert re.search("3.*7.*3: .?A1.*7: .?A2", annexe.text)
    assert {"A1", "A2", "N1/casualties"} == set(annexe.support)


def test_a_figure_told_again_is_said_to_be_not_counted() -> None:
    accounts = [*DISAGREE, {"account_id": "A4", "killed_min": 40, "killed_max": 40}]
    frame = framed([block("N1", (3, 7), ["A1", "A2", "A4"])], accounts)
    (annexe,) = casualty_sentences(frame, frame.blocks[0][0])
    assert annexe.text.endswith("(3: A1; 7: A2; told again, and not counted, 40: A4).")


def test_what_a_person_did_not_agree_to_say_here_stands_in_no_list_of_figures() -> None:
    accounts = [{**one, "interview_id": "V1"} if one["account_id"] == "A2" else one for one in DISAGREE]
    frame = framed([block("N1", (3, 7), ["A1", "A2"])], accounts)
    (annexe,) = casualty_sentences(frame, frame.blocks[0][0])
    assert "A2" not in annexe.text


def test_an_attack_that_is_not_established_is_in_no_sum() -> None:
    frame = framed([block("N1", (3, 7), []), block("N2", (100, 100), [], attack=0.5)], [])
    sentences, rows = said(frame)
    assert numbers(sentences["totals/killed"]) == [3, 7]
    assert [row[0].split(" ")[0] for row in rows] == ["N1", "All"]


CONTRADICT: list[dict[str, Any]] = [
    {"account_id": "A1", "killed_min": 5, "killed_max": 5},
    {"account_id": "A2", "killed_min": 7, "killed_max": None},
    {"account_id": "A3", "killed_min": 1, "killed_max": None},
]


@pytest.mark.parametrize("language", languages())
def test_where_accounts_contradict_no_sentence_says_that_none_gives_a_highest_number(language: str) -> None:
    """A1 says 5, A2 at least 7: what is said is that they contradict, which they are, and what the finding rests on."""
    frame = framed([block("N1", (1, None), ["A1", "A2", "A3"])], CONTRADICT, language)
    (_, contradicted) = casualty_sentences(frame, frame.blocks[0][0])
    assert {"A1", "A2", "N1/casualties"} == set(contradicted.support)
    assert numbers(contradicted.text.replace("A1", "").replace("A2", "")) == [5, 7, 1]
    sentences, _ = said(frame)
    assert frame.words.count("contradicted", 1) in sentences["totals/killed"]
    assert "N1" in sentences["totals/killed"]
    assert frame.words.count("unbounded", 1) not in sentences["totals/killed"]


def test_each_reason_for_an_open_sum_is_counted_by_itself() -> None:
    silent, left_open = block("N1", UNKNOWN, []), block("N2", (5, None), ["A1", "B2"])
    frame = framed(
        [silent, left_open, block("N3", (1, None), ["A1", "A2", "A3"])],
        [*CONTRADICT, {"account_id": "B2", "killed_min": 5, "killed_max": None}],
    )
    text = said(frame)[0]["totals/killed"]
    for key in ("unbounded", "left_open", "contradicted"):
        assert frame.words.count(key, 1) in text
    assert len(list(casualty_sentences(frame, frame.blocks[1][0]))) == 1, "5 and at least 5 do not contradict"
