"""What a profile lets through: allow-lists that hold, consent that is asked for, positions and roles made coarse."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from consilience.conclude.schema import findings_schema
from consilience.publish.catalogue import catalogue_of
from consilience.publish.document import Sentence
from consilience.publish.profiles import PROFILES
from consilience.publish.statements.admitted import Admitted, admit
from consilience.publish.statements.annexe import evidence_grid
from consilience.publish.statements.casualty_figures import figures_of
from consilience.publish.statements.context_chapter import context_chapter
from consilience.publish.statements.evidence_words import says, stated_by, who
from consilience.publish.statements.found_sentences import OF_COVERAGE, confidence_sentence
from consilience.publish.statements.frame import Frame, Names
from consilience.publish.statements.trail import trail
from consilience.publish.statements.words import Words
from consilience.publish.statements.working import contest_sentences, interview_sentences, reply_sentences
from consilience.records.restricted_fields import WHERE_SEEN, is_restricted
from consilience.records.tables import TABLES
from consilience.records.views import Band, CaseView, IncidentView, TrackPoint
from reported_cases import on_day, records_with

NOTHING_FOUND = {
    "case_digest": "sha256:00", "version": "0", "totals": {}, "left_out": 0, "why_null": {}, "incidents": [],
}  # fmt: skip
VIEW = CaseView("synthetic", "A made-up case", "Asia/Damascus", None, ("Red", "Blue"), {}, (), (), ())


def admitted(rows: dict[str, list[dict[str, Any]]], profile: str = "public", **more: Any) -> Admitted:
    return admit(NOTHING_FOUND, records_with(rows, **more), VIEW, PROFILES[profile], {})


def frame(rows: dict[str, list[dict[str, Any]]], profile: str = "public", language: str = "en", **more: Any) -> Frame:
    case = admitted(rows, profile, **more)
    return Frame(case, Words(catalogue_of(language), case.settings.zone), Names(), {})


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.name)
def test_a_profile_names_columns_and_blocks_that_there_are(profile: Any) -> None:
    for table, columns in profile.columns.items():
        assert {column.name for column in TABLES[table].columns} >= set(columns), table
    blocks = findings_schema()["$defs"]["incident"]["properties"]
    assert set(blocks) >= set(profile.findings)


def test_the_public_sees_no_column_that_may_name_a_person_or_lead_to_a_post() -> None:
    public = PROFILES["public"].columns
    for table, columns in public.items():
        personal = {column.name for column in TABLES[table].columns if column.personal}
        assert not personal & set(columns), table
        assert not {"source_id", "item", "url", "uploaded_at", "analyst", "depends_on"} & set(columns), table
    assert public["sightings"] == ("sighting_id",)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_no_profile_shows_what_leads_to_an_observer(profile: Any) -> None:
    """Restricted columns stand in none, and an entry of a log never beside its source."""
    shown = {(table, column) for table, columns in profile.columns.items() for column in columns}
    assert not [place for place in shown if is_restricted(*place)]
    assert not shown & {("sightings", "source_id"), ("transmissions", "source_id")}


@pytest.mark.parametrize("profile", PROFILES)
def test_over_which_place_a_flight_was_seen_is_told_and_drawn_for_nobody(profile: str) -> None:
    """Observers put it over a town near themselves: `make prove PART=observers` places posts by it."""
    point = TrackPoint("T-S1", "S1", 5.0, 36.1, 36.2, 2000.0, "Northtown", "Su-24", None, "north-east")
    bands = (Band("T-S1", "track", 0.0, 10.0, 1.0, "between"),)
    one = IncidentView("I1", (), (), (None, None), bands, (point,), {}, (), (), 0.0, 0.0, 0.0)
    findings = NOTHING_FOUND | {"incidents": [{"incident_id": "I1", "casualties": None}]}
    sighting = {"sighting_id": "S1", "place": "Northtown", "heading": "north-east", "platform": "Su-24"}
    records = records_with({"sightings": [sighting]})
    made = admit(findings, records, replace(VIEW, incidents=(one,)), PROFILES[profile], {})
    said = says(replace(frame({}, profile), case=made), "sightings", made.rows["sightings"]["S1"])
    assert not set(PROFILES[profile].columns["sightings"]) & set(WHERE_SEEN["sightings"])
    assert not made.incidents[0][1].points
    assert "north" not in said.lower()
    assert ("Su-24" in said) is (profile != "public")
    assert bool(made.incidents[0][1].bands) is (profile != "public"), "when they passed stays for partners and courts"


@pytest.mark.parametrize("profile", PROFILES)
def test_an_entry_of_a_log_never_stands_beside_its_observer(profile: str) -> None:
    rows = {
        "sources": [{"source_id": "OBS7", "role": "flight_spotter"}],
        "sightings": [{"sighting_id": "S1", "source_id": "OBS7", "place": "Northtown"}],
        "transmissions": [{"transmission_id": "R1", "source_id": "OBS7"}],
    }
    case = frame(rows, profile).case
    assert "OBS7" not in f"{case.rows['sightings']} {case.rows['transmissions']}"


@pytest.mark.parametrize("clause", OF_COVERAGE)
def test_whether_a_log_was_kept_at_an_incident_is_told_to_nobody(clause: str) -> None:
    """Where none was kept no observer stood near: `make prove PART=observers` places posts by it."""
    for profile in PROFILES:
        with_clause, without = _confidence(profile, "no account", clause), _confidence(profile, "no account")
        assert with_clause == without
        assert "no account" in without


@pytest.mark.parametrize("profile", PROFILES)
def test_every_sentence_on_confidence_says_that_what_a_log_may_add_is_left_out(profile: str) -> None:
    ends = {"en": "what a log may add is not said here.", "ar": "ولا يُذكر هنا ما قد يضيفه سجل رصد."}
    for language, end in ends.items():
        for because in ([], ["no account"], ["no account", OF_COVERAGE[0]], ["no account", OF_COVERAGE[2]]):
            assert _confidence(profile, *because, language=language).endswith(end)
    assert _confidence(profile) == "Confidence in the basis is low: what a log may add is not said here."


def _confidence(profile: str, *because: str, language: str = "en") -> str:
    block = {"incident_id": "I1", "confidence": {"grade": "low", "because": list(because)}}
    return confidence_sentence(frame({}, profile, language), block).text


def test_a_row_has_the_allowed_columns_alone() -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "sources": [{"source_id": "S1", "role": "medical_worker", "note": "who it is"}],
        "media": [{"media_id": "M1", "source_id": "S1", "url": "http://post.example", "shows": ["smoke"]}],
    }
    assert set(admitted(rows).rows["media"]["M1"]) == {
        "media_id", "incident_id", "link_status", "shows", "role", "source",
    }  # fmt: skip
    assert admitted(rows).rows["media"]["M1"]["source"] is None
    assert admitted(rows, "partner").rows["media"]["M1"]["source"] == "S1"
    assert "note" not in admitted(rows, "partner").rows["sources"]["S1"]


@pytest.mark.parametrize(
    ("interview", "is_shown"),
    [
        ({"consent": ["analysis", "public"]}, True),
        ({"consent": ["analysis", "court"]}, False),
        ({"consent": None}, False),
        ({"consent": ["public"], **on_day("withdrawn_on", date(2020, 1, 1))}, False),
        ({"consent": ["public"], **on_day("consent_until", date(2021, 5, 31))}, False),
        ({"consent": ["public"], **on_day("consent_until", date(2021, 6, 1))}, True),
    ],
)
def test_what_a_person_said_is_shown_only_with_consent_to_this_use(interview: dict[str, Any], is_shown: bool) -> None:
    rows = {
        "interviews": [{"interview_id": "V1", "source_id": "S1", **interview}],
        "accounts": [{"account_id": "A1", "interview_id": "V1", "mode": "air strike", "perception": "saw"}],
    }
    made = frame(rows)
    table, row = made.case.evidence("account", "A1") or ("", {})
    assert says(made, table, row) == ("saw; air strike" if is_shown else "withheld: no consent to this use")
    assert ("A1" in made.case.withheld) is not is_shown


def test_an_account_without_consent_is_not_drawn_on_the_clock_either() -> None:
    bands = tuple(Band(name, "account", 0.0, 10.0, 1.0, "between") for name in ("A1", "A2"))
    one = IncidentView("I1", (), (), (None, None), bands, (), {}, (), (), 0.0, 0.0, 0.0)
    rows: dict[str, list[dict[str, Any]]] = {
        "interviews": [{"interview_id": "V1", "consent": ["analysis"]}],
        "accounts": [{"account_id": "A1", "interview_id": "V1"}, {"account_id": "A2"}],
        "media": [{"media_id": "A1", "shows": ["smoke"]}],
    }
    findings = NOTHING_FOUND | {"incidents": [{"incident_id": "I1", "casualties": None}]}
    case = admit(findings, records_with(rows), replace(VIEW, incidents=(one,)), PROFILES["public"], {})
    assert [band.evidence_id for band in case.incidents[0][1].bands] == ["A2"]
    assert case.rows["media"]["A1"]["shows"] == ["smoke"], "an id of another table that happens to be the same"


def test_consent_that_ends_does_not_hold_where_nobody_knows_the_day() -> None:
    rows = {
        "interviews": [{"interview_id": "V1", "consent": ["public"], **on_day("consent_until", date(2030, 1, 1))}],
        "accounts": [{"account_id": "A1", "interview_id": "V1"}],
    }
    assert admitted(rows, as_of=None).withheld == {"A1"}


@pytest.mark.parametrize(("profile", "lat"), [("public", 35.62), ("partner", 35.6163), ("court", 35.61635)])
def test_positions_are_as_coarse_as_the_profile_says(profile: str, lat: float) -> None:
    rows = {"facilities": [{"facility_id": "F1", "lat": 35.61635, "lon": 36.5934}]}
    assert admitted(rows, profile).rows["facilities"]["F1"]["lat"] == lat


def interviews_of(roles: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    people = [(f"S{role}{n}", role) for role, count in roles.items() for n in range(count)]
    agreed = ["public", "partner", "court"]
    return {
        "sources": [{"source_id": name, "role": role} for name, role in people],
        "interviews": [
            {"interview_id": f"V-{name}", "source_id": name, "how": "remote", "consent": agreed} for name, _ in people
        ],
    }


SEVENTY_FOUR = {"medical_worker": 40, "direct_witness": 31, "teacher": 2, "un_staff": 1}


def test_the_sentence_on_interviews_is_counted_and_hides_small_roles_from_the_public() -> None:
    rows = interviews_of(SEVENTY_FOUR)
    first, second = interview_sentences(frame(rows))
    assert first.text == "Researchers interviewed 74 people, including 40 medical workers and 31 direct witnesses."
    assert second.text == "74 of them were interviewed at a distance."
    assert len(first.support) == 74
    (partner, _) = interview_sentences(frame(rows, "partner"))
    assert partner.text.endswith("31 direct witnesses, 2 teachers and 1 member of UN staff.")
    (arabic, _) = interview_sentences(frame(rows, language="ar"))
    assert arabic.text == "أجرى الباحثون مقابلات مع 74 شخصاً، منهم 40 عاملاً طبياً و31 شاهداً مباشراً."


def test_two_interviews_of_one_person_are_one_person_and_no_interview_is_no_sentence() -> None:
    rows = interviews_of({"medical_worker": 3})
    rows["interviews"].append(rows["interviews"][0] | {"interview_id": "again", "how": "in_person"})
    (first, *_) = interview_sentences(frame(rows))
    assert first.text == "Researchers interviewed 3 people, including 3 medical workers."
    assert list(interview_sentences(frame({}))) == []


def test_who_did_not_agree_to_this_use_is_counted_and_nothing_is_said_of_who_they_are() -> None:
    """Interviewing somebody is our own work, and its count describes nobody. A role, a manner and an id do."""
    rows = interviews_of(SEVENTY_FOUR)
    for one in rows["interviews"][:36]:
        one["consent"] = ["analysis", "court"]
    first, *others = interview_sentences(frame(rows))
    assert first.text == "Researchers interviewed 74 people, including 31 direct witnesses and 4 medical workers."
    assert "interviews" in first.support
    assert "interviews/V-Smedical_worker0" not in first.support
    assert [one.text for one in others] == ["38 of them were interviewed at a distance."]
    (court, *_) = interview_sentences(frame(rows, "court"))
    assert "40 medical workers" in court.text


def test_who_agreed_in_one_interview_and_not_in_another_has_not_agreed() -> None:
    rows = interviews_of({"medical_worker": 4})
    rows["interviews"].append({"interview_id": "again", "source_id": "Smedical_worker0", "consent": ["analysis"]})
    (first, *_) = interview_sentences(frame(rows))
    assert first.text == "Researchers interviewed 4 people."
    assert "interviews/again" not in first.support


@pytest.mark.parametrize(
    ("remote", "all_of_them", "is_said"), [(2, 9, False), (8, 9, False), (9, 9, True), (6, 9, True)]
)
def test_a_manner_that_few_share_is_not_said_to_the_public(remote: int, all_of_them: int, is_said: bool) -> None:
    rows = interviews_of({"medical_worker": all_of_them})
    for one in rows["interviews"][remote:]:
        one["how"] = "in_person"
    assert (len(list(interview_sentences(frame(rows)))) == 2) is is_said
    assert len(list(interview_sentences(frame(rows, "partner")))) == 2


LETTER = {"letter_id": "L1", "party": "Red", "addressee": "A Ministry"}
SENT, DUE = on_day("sent_on", date(2021, 5, 1)), on_day("due_on", date(2021, 5, 20))


@pytest.mark.parametrize(
    ("letter", "says_so", "flags"),
    [
        (SENT | DUE, "We wrote to Red on 1 May 2021 and had not received a response as of 1 June 2021. "
         "The deadline was 20 May 2021.", ()),
        (SENT, "We wrote to Red on 1 May 2021 and had not received a response as of 1 June 2021.",
         ("the letter has no deadline",)),
        (SENT | DUE | on_day("replied_on", date(2021, 5, 9)),
         "Red, written to on 1 May 2021, replied on 9 May 2021.", ()),
        (SENT | DUE | on_day("replied_on", date(2021, 4, 9)), "Red, written to last on 1 May 2021, had replied on "
         "9 April 2021 to an earlier letter, and not to this one.", ()),
        (SENT | DUE | on_day("replied_on", date(2021, 7, 9)), "We wrote to Red on 1 May 2021 and had not received a "
         "response as of 1 June 2021. The deadline was 20 May 2021.", ()),
        ({}, "No letter to Red is on record as sent as of 1 June 2021.", ("no date of sending",)),
        (on_day("sent_on", date(2021, 6, 2)), "No letter to Red is on record as sent as of 1 June 2021.",
         ("no date of sending",)),
        (DUE, "A letter to Red is on record without a date of sending.", ()),
        ({"not_sought_why": "it would endanger M."},
         "A reply of Red was not sought, for a reason that is on record.", ()),
    ],
)  # fmt: skip
def test_the_sentence_on_a_reply_is_that_of_the_record(
    letter: dict[str, Any], says_so: str, flags: tuple[str, ...]
) -> None:
    (sentence,) = reply_sentences(frame({"letters": [LETTER | letter]}))
    assert (sentence.text, sentence.flags) == (says_so, flags)


def test_an_addressee_is_named_to_partners_and_not_to_the_public() -> None:
    rows = {"letters": [LETTER | SENT | DUE]}
    (public,), (partner,) = (list(reply_sentences(frame(rows, profile))) for profile in ("public", "partner"))
    assert not re.search("Ministry", public.text)
    assert "A Ministry (Red)" in partner.text


def test_without_as_of_no_reply_is_said_and_marked() -> None:
    (sentence,) = reply_sentences(frame({"letters": [LETTER | SENT | DUE]}, as_of=None))
    assert sentence.text == "Red, written to on 1 May 2021, had not replied."
    assert sentence.flags == ("the case has no as_of date",)


def test_an_id_of_two_tables_shows_the_row_of_each_and_never_the_others() -> None:
    """Analysts number each table from 1: footage of one attack must not stand for a remnant of another."""
    rows: dict[str, list[dict[str, Any]]] = {
        "media": [{"media_id": "M1", "shows": ["smoke"]}],
        "munitions": [{"munition_id": "M1", "name": "OFAB-250"}],
        "accounts": [{"account_id": "M1", "killed_min": 7, "killed_max": 7}],
    }
    made = frame(rows)
    silent = {"verdict": "silent", "cells": {}}
    block = {
        "incident_id": "I1", "casualties": {},
        "evidence": [{"evidence_id": "M1", "kind": kind, **silent} for kind in ("media", "munition")],
    }  # fmt: skip
    told = {row[1]: row[2] for row in evidence_grid(made, block).rows}
    assert "smoke" in told["footage"]
    assert "OFAB" not in told["footage"]
    assert "OFAB" in told["munition"]
    assert not figures_of(made, block, "killed"), "the account of that id is no piece of this incident"
    [(_, explained)] = trail(made, [Sentence("s", "Two pieces.", ("M1",), ())])
    assert "smoke" in explained
    assert "OFAB-250" in explained


@pytest.mark.parametrize(
    ("roles", "consent", "told"),
    [
        (["teacher", *["medical_worker"] * 3], ["public"], set()),
        (["teacher", "journalist", "un_staff", *["medical_worker"] * 3], ["public"], {"S4", "S5", "S6"}),
        (["medical_worker"] * 3, ["public"], {"S1", "S2", "S3"}),
        (["teacher", "medical_worker", "medical_worker"], ["public"], set()),
        (["medical_worker"] * 3, ["analysis"], set()),
        (["organisation", "teacher"], ["public"], {"S1"}),
    ],
)
def test_a_role_that_few_hold_is_a_name_beside_a_piece_too(
    roles: list[str], consent: list[str], told: set[str]
) -> None:
    people = range(1, len(roles) + 1)
    rows: dict[str, list[dict[str, Any]]] = {
        "sources": [{"source_id": f"S{n}", "role": role} for n, role in zip(people, roles, strict=True)],
        "interviews": [{"interview_id": "V1", "source_id": "S1", "consent": consent}],
        "accounts": [{"account_id": f"A{n}", "source_id": f"S{n}"} for n in people],
    }
    made = frame(rows)
    assert {f"S{n}" for n in people if who(made, made.case.rows["accounts"][f"A{n}"])} == told
    partner = admitted(rows, "partner")
    assert all(partner.rows["accounts"][f"A{n}"]["role"] for n in people if n > 1)


def test_no_edition_lets_guesses_at_what_is_withheld_be_checked() -> None:
    for profile in PROFILES:
        assert "case_digest" not in admitted({}, profile).findings


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ([(9, "partial")],
         "replied to a part of the letter on 9 May 2021, and no more had been received as of 1 June 2021"),
        ([(5, "oral"), (9, "partial")],
         "replied by word of mouth on 5 May 2021 and replied to a part of the letter on 9 May 2021, and no more had "
         "been received as of 1 June 2021"),
        ([(5, "oral"), (9, "full")], "replied by word of mouth on 5 May 2021 and replied on 9 May 2021"),
    ],
)  # fmt: skip
def test_a_reply_in_part_or_by_word_of_mouth_is_never_told_as_a_whole_one(
    replies: list[tuple[int, str]], said: str
) -> None:
    letter = {"letter_id": "L1", "party": "Red", **SENT, **DUE, **on_day("replied_on", date(2021, 5, replies[-1][0]))}
    answered = {"L1": tuple((date(2021, 5, day), form) for day, form in replies)}
    [sentence] = reply_sentences(replace(frame({"letters": [letter]}, as_of=date(2021, 6, 1)), replies=answered))
    assert sentence.text == f"Red, written to on 1 May 2021, {said}."
    [arabic] = reply_sentences(
        replace(frame({"letters": [letter]}, language="ar", as_of=date(2021, 6, 1)), replies=answered)
    )
    assert ("جزء" in arabic.text) is any(form == "partial" for _, form in replies)
    assert ("شفوي" in arabic.text) is any(form == "oral" for _, form in replies)


NURSE: dict[str, list[dict[str, Any]]] = {
    "sources": [{"source_id": "N9", "role": "medical_worker"}, {"source_id": "N8", "role": "journalist"}],
    "interviews": [{"interview_id": "V9", "source_id": "N9", "consent": ["analysis"]}],
}
"""N9 agreed to no publication, and N8 was never asked."""


@pytest.mark.parametrize("profile", PROFILES)
def test_an_account_without_an_interview_is_withheld_where_its_source_did_not_agree(profile: str) -> None:
    accounts = [
        {"account_id": name, "incident_id": "I1", "source_id": source, "killed_min": 37, "killed_max": 37}
        for name, source in (("A90", "N9"), ("A91", "N8"))
    ]
    case = admitted({**NURSE, "accounts": accounts}, profile)
    assert case.withheld == {"A90"}
    assert case.rows["accounts"]["A90"] == {"withheld": True}
    assert case.rows["accounts"]["A91"]["killed_min"] == 37


@pytest.mark.parametrize("profile", PROFILES)
def test_no_row_of_a_source_who_did_not_agree_says_anything(profile: str) -> None:
    given: dict[str, list[dict[str, Any]]] = {
        "media": [{"media_id": "M9", "source_id": "N9", "shows": ["smoke"]}],
        "site_status": [{"status_id": "ST9", "source_id": "N9", "in_use": "yes"}],
        "context": [
            {"context_id": name, "kind": "deaths", "what": f"bodies, {name}", "source_id": source}
            for name, source in (("C9", "N9"), ("C8", "N8"))
        ],
    }
    told = frame({**NURSE, **given}, profile)
    assert told.case.rows["media"] == {"M9": {"withheld": True}}
    counted = {"withheld": True, "facility_id": None, "is_first": True}  # how many rows are withheld is told of a place
    assert told.case.rows["site_status"] == {"ST9": counted}
    assert says(told, "media", told.case.rows["media"]["M9"]) == told.words.label("withheld")
    chapter = str(context_chapter(told))
    assert "bodies, C8" in chapter
    assert "C9" not in chapter


@pytest.mark.parametrize(
    "locator",
    [
        "p. 12", "screenshot 4", "Incident-3.md", "unknown", "ibid.", "الصفحة 12", "لقطة شاشة 3", "المصدر نفسه",
        "p. xiv", "11 May 2020", "see IMG_2041.jpg", "source: anonymous", "04:12", None,
    ],
)  # fmt: skip
def test_a_place_in_something_names_nobody_who_says_so(locator: str | None) -> None:
    assert stated_by(frame({}), {"locator": locator}) == ""


@pytest.mark.parametrize(
    "locator", ["RFE/RL, 11 May 2020", "example.org", "منظمة الصحة العالمية، ص 4", "WHO, report.pdf"]
)
def test_who_says_so_is_named_beside_the_place(locator: str) -> None:
    assert locator in stated_by(frame({}), {"locator": locator})


@pytest.mark.parametrize("language", ["en", "ar"])
def test_that_a_reply_contests_a_finding_is_said_where_it_stands(language: str) -> None:
    letter = {"letter_id": "L1", "party": "Red", **SENT, **DUE}
    told = replace(frame({"letters": [letter]}, language=language, as_of=date(2021, 6, 1)), contests={"L1": ("I3",)})
    (said,) = contest_sentences(told, "I3")
    assert told.words.party("Red") in said.text
    assert said.support == ("incidents/I3", "letters/L1")
    assert not list(contest_sentences(told, "I4"))
