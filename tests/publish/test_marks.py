"""Which sentences a draft marks: every one that rests on a finding that is not reviewed, or on what is gone."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from case_copies import APRIL, OFFENSIVE
from consilience.publish.document import Document, Grid, Paragraph, Picture, Sentence
from consilience.publish.profiles import PROFILES
from consilience.publish.statements.build import Edition, build_document
from consilience.publish.statements.narrative import Prose
from consilience.publish.statements.resting import Claims, findings_behind, rows_behind
from reported_cases import ready_case

EDITIONS = list(product((APRIL, OFFENSIVE), PROFILES, ("en", "ar")))
TEXT = "{{incident.I01.title}} was on {{incident.I01.date}}.\n\nIn all there were {{total.attacks}} attacks."


def built(name: str, profile: str, language: str, findings: Any = None, **more: Any) -> Document:
    """An edition of a real case, its findings as they are or as given."""
    made = ready_case(name)
    edition = Edition(profile, language, **more)
    return build_document(findings or made.found.findings, made.found.records, made.view, edition)


def incidents(name: str) -> tuple[str, ...]:
    return tuple(block["incident_id"] for block in ready_case(name).found.findings["incidents"])


@pytest.mark.parametrize(("name", "profile", "language"), EDITIONS)
def test_a_sentence_is_marked_exactly_where_it_rests_on_a_finding_that_is_not_reviewed(
    name: str, profile: str, language: str
) -> None:
    every = incidents(name)
    open_one = every[1]
    reviews = {one: "reviewed" for one in every if one != open_one}
    document = built(name, profile, language, reviews=reviews)
    whole = built(name, profile, language, reviews=dict.fromkeys(every, "reviewed"))
    fixed = {one.sentence_id: set(one.flags) for one in whole.sentences}
    for sentence in document.sentences:
        waits = any(
            head in (open_one, "totals", "all") and rest
            for head, _, rest in (part.partition("/") for part in sentence.support)
        )
        assert bool(set(sentence.flags) - fixed[sentence.sentence_id]) is waits, sentence.text


@pytest.mark.parametrize(("name", "profile", "language"), EDITIONS)
def test_whatever_a_finding_changes_in_a_report_says_that_it_rests_on_that_finding(
    name: str, profile: str, language: str
) -> None:
    """One finding is exchanged for another of the case. Each sentence, table and drawing that differs must name it, as
    it was or as it is: "for 18 incidents" names those that it counts."""
    made = ready_case(name)
    blocks = list(made.found.findings["incidents"])
    first, other = blocks[0], blocks[-1]
    kept = ("incident_id", "title", "facility_id")
    changed = {**other, **{field: first[field] for field in kept}}
    findings = {**made.found.findings, "incidents": [changed, *blocks[1:]]}
    before, after = (shown(built(name, profile, language, given)) for given in (None, findings))
    every = incidents(name)
    differing = [key for key in before.keys() & after.keys() if before[key][1] != after[key][1]]
    assert len(differing) > 3
    for key in differing:
        support = [name for said in (before, after) for name in said[key][0].support]
        assert first["incident_id"] in findings_behind(support, every), (key, before[key][0].text)


def shown(document: Document) -> dict[str, tuple[Sentence, object]]:
    """Each sentence with all that it says or captions."""
    found: dict[str, tuple[Sentence, object]] = {}
    for block in document.blocks:
        if isinstance(block, Paragraph):
            found |= {one.sentence_id: (one, one.text) for one in block.sentences}
        elif isinstance(block, Grid):
            found[block.caption.sentence_id] = (block.caption, block.rows)
        elif isinstance(block, Picture):
            found[block.caption.sentence_id] = (block.caption, block.svg)
    return found


def test_a_row_that_a_review_rested_on_is_marked_wherever_the_finding_stands() -> None:
    claims = Claims(rows={"I01": ("A003",)}, incidents=("I77",))
    reviews = dict.fromkeys(incidents(OFFENSIVE), "reviewed")
    for language, word in (("en", "no longer claimed: "), ("ar", "لم يعد مدّعى به: ")):
        document = built(OFFENSIVE, "public", language, claims=claims, reviews=reviews)
        marked = {one.sentence_id: " ".join(one.flags) for one in document.sentences}
        assert "A003" in marked["I01/time"]
        assert word in marked["I01/attribution"]
        assert "A003" not in marked["I02/time"]
        assert "I77" in marked["totals/attacks"]
        assert "A003" in marked["totals/attacks"]
        assert "I77" not in marked["I01/time"]


def test_prose_of_what_the_case_held_once_is_marked_and_not_refused() -> None:
    text = (
        '# After {{incident.I77.date}}\n\nOn {{incident.I77.date was "5 May 2019"}} it burnt; {{context.C77.what}}.\n'
    )
    prose = (Prose("narrative/10-text.en.md", text),)
    claims = Claims(once=frozenset({"I77", "C77"}))
    document = built(OFFENSIVE, "public", "en", prose=prose, claims=claims)
    said = [one for one in document.sentences if one.sentence_id.startswith("10-text/")]
    assert said[0].text == "The heading above speaks of I77."
    assert said[1].text == "On 5 May 2019 it burnt; [C77]."
    gone = {"no longer claimed: I77", "no longer claimed: C77", "rests on nothing"}
    assert set(said[1].flags) == gone
    assert set(said[0].flags) == {"no longer claimed: I77", "rests on nothing"}


def test_what_is_counted_no_more_is_counted_as_nothing_and_stops_no_draft() -> None:
    text = '{{count facility="kindergarten"}} and {{count month="2018-01"}} of {{party."Syrian and Russian"}}.'
    document = built(OFFENSIVE, "public", "en", prose=(Prose("narrative/10-text.en.md", text),))
    said = next(one for one in document.sentences if one.sentence_id.startswith("10-text/"))
    assert said.text == "0 and 0 of Syrian government forces and Russian forces."


def test_what_stands_behind_a_sentence_are_its_rows_the_pieces_of_its_findings_and_what_is_counted() -> None:
    pieces = {"I1": ("A1", "A2"), "I2": ("A3",)}
    assert rows_behind(["I1/time", "facilities/F1"], pieces) == ("A1", "A2", "I1/time", "facilities/F1")
    assert rows_behind(["totals/killed"], pieces) == ("I1", "I2", "totals/killed")
    assert findings_behind(["all/time"], pieces) == ("I1", "I2")
    assert findings_behind(["incidents/I1", "A3"], pieces) == ()


def test_a_title_that_says_the_day_found_rests_on_it() -> None:
    document = built(
        OFFENSIVE, "public", "ar", prose=(Prose("narrative/10-text.ar.md", "{{incident.I01.title}} هنا."),)
    )
    said = next(one for one in document.sentences if one.sentence_id.startswith("10-text/"))
    assert said.support == ("I01/time", "incidents/I01")
