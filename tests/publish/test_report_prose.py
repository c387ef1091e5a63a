"""Analysts' prose: what a reference says and rests on, what is refused and where, what a draft marks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from case_copies import OFFENSIVE
from consilience.casework.prose_files import names_of, prose_of
from consilience.errors import ProseInvalid
from consilience.publish.document import Heading, Paragraph, Sentence
from consilience.publish.statements.build import Edition, build_document, looked_up
from consilience.publish.statements.narrative import Prose
from reported_cases import ready_case

FEW = ("I01", "I02", "I15", "I24")


@lru_cache(maxsize=1)
def few() -> tuple[dict[str, Any], Any, Any]:
    """Four incidents of the second case."""
    made = ready_case(OFFENSIVE)
    findings = dict(made.found.findings)
    findings["incidents"] = [block for block in findings["incidents"] if block["incident_id"] in FEW]
    view = replace(made.view, incidents=tuple(one for one in made.view.incidents if one.incident_id in FEW))
    return findings, made.found.records, view


def edition(text: str, profile: str = "public", **more: Any) -> Edition:
    return Edition(profile, "en", prose=(Prose("narrative/10-text.en.md", text),), **more)


def read(text: str, profile: str = "public", **more: Any) -> tuple[list[Sentence], list[str]]:
    """The sentences and the headings that the prose became."""
    blocks = build_document(*few(), edition(text, profile, **more)).blocks
    said = [s for block in blocks if isinstance(block, Paragraph) for s in block.sentences]
    headings = [block.text for block in blocks if isinstance(block, Heading) and block.anchor.startswith("n-")]
    return [one for one in said if one.sentence_id.startswith("10-text/")], headings


@pytest.mark.parametrize(
    ("written", "says", "rests_on"),
    [
        ("{{incident.I15.attribution}}", "Syrian government forces", ("I15/attribution",)),
        ("{{incident.I02.attribution}}", "Syrian government forces or Russian forces", ("I02/attribution",)),
        ("{{ incident.I15.mode }}", "barrel bomb", ("I15/mode",)),
        ('{{incident."Kafr Nabl hospital, 5 May 2019".date}}', "5 May 2019", ("I02/time",)),
        ("{{incident.I01.facility}}", "Nabad al-Hayat Surgical Hospital", ("facilities/F01",)),
        ("{{count}}", "4", ("totals/by_mode",)),
        ('{{count mode="barrel bomb" party="Syrian"}}', "1", ("totals/by_attribution", "totals/by_mode")),
        ('{{count party="Russian"}}', "0", ("totals/by_attribution",)),
        ('{{count month="2019-05"}}', "2", ("totals/by_month",)),
        ("{{total.incidents}}", "4", ("incidents",)),
        ("{{context.C03.value}}", "900,000–1,000,000", ("context/C03",)),
        ("{{case.as_of}}", "4 May 2020", ("case",)),
    ],
)
def test_a_reference_says_what_was_found_and_its_sentence_rests_on_it(
    written: str, says: str, rests_on: tuple[str, ...]
) -> None:
    (sentence,), _ = read(f"As found: {written}.")
    assert (sentence.text, sentence.support) == (f"As found: {says}.", rests_on)
    (looked,) = looked_up(*few(), edition(f"\nAs found: {written}."))
    assert (looked.where, looked.written, looked.text) == ("narrative/10-text.en.md:2:11", written, says)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("On {{incident.I99.date}} it burnt.", "1:4", "there is no incident 'I99'; possible: I01, I02, I15, I24"),
        ("It was {{incident.I15.partee}}.", "1:8", "there is no field 'partee'; possible: attack, attribution"),
        ("a\n\nb {{nobody.knows}}", "3:3", "there is no reference 'nobody'; possible: case, context, count"),
        ('There were {{count mode="air strikes"}}.', "1:12", "there is no mode 'air strikes'; possible: air strike"),
        ('There were {{count colour="red"}}.', "1:12", "there is no argument 'colour'; possible: facility, mode"),
        ("There were {{count mode=air}}.", "1:12", 'write name="value"'),
        ("It said {{incident.I15}}.", "1:9", "write incident.ID.FIELD"),
        ("It said {{}}.", "1:9", "there is no name"),
        ("It said {{incident.I15.date.", "1:9", "braces that are not closed"),
        ("# Hospitals: 13 of them", "1:14", "a number typed in a heading"),
        ("He said **no**.", "1:9", "'**' is not used here"),
        ("See [this](http://example.org).", "1:10", "is not used here"),
        ("- a list", "1:1", "not used here; possible: headings"),
        ("<b>bold</b>", "1:1", "not used here"),
        (':::background source="X"\nNobody ends this.', "1:1", "this block has no end"),
        ("That {{incident.I15.attack}} with {{incident.I15.confidence}} confidence.", "1:6", "make it two"),
    ],
)
def test_what_prose_may_not_say_is_refused_with_its_line_and_column(text: str, place: str, said: str) -> None:
    with pytest.raises(ProseInvalid, match="can't be used in 1 places") as refused:
        read(text)
    assert f"narrative/10-text.en.md:{place}: " in str(refused.value)
    assert said in str(refused.value)


def test_every_wrong_place_is_told_at_once() -> None:
    with pytest.raises(ProseInvalid, match="can't be used in 3 places"):
        read("{{incident.A.date}} and {{incident.B.date}}\n\n- a list")


def test_a_title_of_two_incidents_is_ambiguous_and_says_between_which() -> None:
    findings, records, view = few()
    twice = [block | {"title": "The same"} for block in findings["incidents"]]
    with pytest.raises(ProseInvalid, match="title of several incidents; choose one of I01, I02, I15, I24"):
        build_document({**findings, "incidents": twice}, records, view, edition('{{incident."The same".date}}'))


@pytest.mark.parametrize(
    "written", ["{{incident.I15.attribution}}", "{{count}}", "{{total.killed}}", "{{incident.I15.time}}"]
)
def test_a_court_is_told_no_posterior_by_prose_either(written: str) -> None:
    with pytest.raises(ProseInvalid, match="the court profile"):
        read(f"It was {written}.", "court")


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Nothing supports this.", ("rests on nothing",)),
        ("It burnt for 3 hours.", ("rests on nothing", "number typed: 3")),
        ("On {{incident.I01.date}} at 14:30 it burnt.", ("number typed: 14:30", "finding I01: not reviewed")),
        ("On {{incident.I01.date}} russian forces struck.",
         ("party typed: Russian", "party typed: Russian forces", "finding I01: not reviewed")),
        ('{{incident.I01.title was "Another"}} it was.',
         ("written when it said “Another”, now “Nabad al-Hayat hospital, Hass, 5 May 2019”",)),
        ('There were {{count was "4"}} of them.', ("counts 4 findings that are not reviewed",)),
        ("It is {{incident.I15.attribution}}.", ("finding I15: not reviewed",)),
    ],
)  # fmt: skip
def test_a_draft_marks_what_lacks_support_and_what_no_longer_agrees(text: str, flags: tuple[str, ...]) -> None:
    (sentence,), _ = read(text)
    assert sentence.flags == flags


def test_a_reviewed_finding_is_not_marked_and_a_contested_one_is() -> None:
    text = "It is {{incident.I15.attribution}}. It is {{incident.I02.attribution}}."
    (first, second), _ = read(text, reviews={"I15": "reviewed", "I02": "contested"})
    assert (first.flags, second.flags) == ((), ("finding I02: contested",))


def test_background_rests_on_its_source_and_opinion_on_who_holds_it() -> None:
    (background, opinion), _ = read(
        ':::background source="RFE/RL"\nIn 2019 about 500 were killed.\n:::\n\n'
        ':::opinion by="the authors"\nStop it.\n:::\n'
    )
    assert (background.support, background.flags) == (("cited/RFE/RL",), ())
    assert (opinion.support, opinion.flags) == (("opinion/the authors",), ())


def test_sentences_are_split_at_their_ends_and_not_at_short_words() -> None:
    said, headings = read("## A chapter\nDr. A. Smith asked. “Why?” Nobody\nknew… Then\n\n> a quotation! Yes.")
    assert [one.text for one in said] == [
        "Dr. A. Smith asked.", "“Why?”", "Nobody knew…", "Then", "a quotation!", "Yes.",
    ]  # fmt: skip
    assert headings == ["A chapter"]


def test_the_id_of_a_sentence_stays_when_others_come_and_changes_with_its_words() -> None:
    (alone,), _ = read("First of all.")
    (before, again), _ = read("Something else. First of all.")
    (twice, second), _ = read("First of all. First of all.")
    assert alone.sentence_id == again.sentence_id == twice.sentence_id
    assert len({before.sentence_id, alone.sentence_id, second.sentence_id}) == 3


def test_prose_is_taken_by_language_and_profile_and_an_unclear_name_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "narrative"
    folder.mkdir()
    for name in ("20-b.en.md", "10-a.en.md", "10-a.ar.md", "30-c.en.court.md"):
        (folder / name).write_text("x", "utf-8")
    assert [one.name for one in prose_of(tmp_path, "en", "public")] == ["narrative/10-a.en.md", "narrative/20-b.en.md"]
    assert [one.name for one in prose_of(tmp_path, "en", "court")][-1] == "narrative/30-c.en.court.md"
    (folder / "notes.md").write_text("x", "utf-8")
    with pytest.raises(ProseInvalid, match="for which language"):
        prose_of(tmp_path, "en", "public")


@pytest.mark.parametrize(
    ("text", "said"),
    [("[persons]\nA = 'x'", "no table 'persons'"), ("[parties]\nA = 3", "is not a text"), ("[parties", "no TOML")],
)
def test_names_that_cannot_be_used_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "narrative").mkdir()
    (tmp_path / "narrative" / "names.ar.toml").write_text(text, "utf-8")
    with pytest.raises(ProseInvalid, match=said):
        names_of(tmp_path, "ar")
