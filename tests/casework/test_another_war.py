"""Sentences of a report on another war: another clock, another script, statements on a place. No real incident."""

from __future__ import annotations

import re

import pytest
from release_examples import own_ring
from small_folder import write_small_case

from consilience.casework.reporting import Ready, ready
from consilience.casework.resting_rows import rows_of_case
from consilience.publish.document import Document
from consilience.publish.profiles import PROFILES

TOML = """\
[case]
id = "kyiv"
title = "A small synthetic case"
time_zone = "Europe/Kyiv"
parties = ["Syrian", "Russian"]
orbat = "syria"
as_of = 2020-12-01
"""
TABLES = {
    "facilities": [
        "facility_id,name,name_local,kind,lat,lon,position_error_m",
        "F1,Station one,Станція швидкої,ambulance_station,46.6561,32.6152,60",
        "F2,Hospital two,,hospital,46.6400,32.6100,800",
    ],
    "sources": ["source_id,role", *(f"W{n},medical_worker" for n in range(1, 7)), "OBS1,flight_spotter"],
    "interviews": [
        "interview_id,source_id,date,how,consent",
        "V1,W1,2018-02-02,remote,analysis;public;partner;court", "V2,W2,2018-02-02,remote,analysis;partner",
    ],
    "incidents": [
        "incident_id,title,facility_id,window_start,window_end",
        "I1,Station one,F1,2017-10-29,2017-10-29", "I2,Hospital two,F2,2017-08-01,2017-08-02",
    ],
    "accounts": [
        "account_id,incident_id,source_id,interview_id,perception,time,time_precision,facility_id,mode,party,party_basis",
        "A1,I1,W1,V1,saw,2017-10-29T03:40+02:00,about,F1,air strike,Russian,saw_markings",
        "A2,I1,W3,,heard,2017-10-29T03:35+02:00,about,F1,air strike,,",
        "A3,I2,W4,,heard,2017-08-01,day,F2,,,",
    ],
    "site_status": [
        "status_id,facility_id,source_id,from,to,in_use,emblem_visible,fighters,weapons,vehicles,nearest_military_m,"
        "warning_given,warning_lead_min,services_lost,out_of_service_days",
        "ST1,F1,W1,2017-10-29,2017-10-29,yes,no,not_asked,yes,not_asked,300,yes,10,first aid,3",
        "ST2,F1,W2,2017-10-28,2017-10-29,yes,yes,no,no,no,,,,,",
        "ST3,F1,W1,2017-10-20,2017-10-21,yes,yes,no,no,no,2400,,,,",
    ],
    "sightings": None, "coverage": None, "places": None, "media": None, "published": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory):
        case = write_small_case(tmp_path_factory.mktemp("war") / "case", TABLES, TOML)
        yield ready(case, workers=1, progress=lambda *_: None)


def _said(document: Document) -> dict[str, str]:
    return {one.sentence_id: one.text for one in document.sentences}


STATUS = (
    "no protective emblem was visible; weapons were there; a warning was given; minutes from the warning to the "
    "attack: 10; the nearest thing that was military was {near} away; lost: first aid; days out of service: 3; "
    "not asked: fighters, military vehicles."
)


@pytest.mark.parametrize(
    ("profile", "who", "near"),
    [
        ("public", "one source", "less than 1 km"),
        ("partner", "medical worker W1", "300 m"),
        ("court", "medical worker W1", "300 m"),
    ],
)
def test_what_a_source_says_of_the_place_is_told_in_every_edition_and_who_it_was_not_to_the_public(
    made: Ready, profile: str, who: str, near: str
) -> None:
    said = _said(made.document(profile, "en"))
    of_source = re.sub(r"Source [A-Z]\d+", "W1", said["I1/site_status/ST1"])
    assert of_source == (
        f"What was at the place on 29 October 2017, by {who}: it was in use; {STATUS.format(near=near)}"
    )
    assert said["I1/site_status"] == (
        "The case holds 3 statements on what was at the place, from 2 sources; no finding rests on them."
    )
    trail = dict(made.document(profile, "en").trail)
    assert STATUS.format(near=near)[:-1] in trail["site_status/ST1"]
    assert ("medical worker" in trail["site_status/ST1"]) is (profile != "public")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("profile", "is_told"), [("public", False), ("partner", True), ("court", False)])
def test_a_statement_on_a_place_needs_consent_and_that_one_is_withheld_is_said(
    made: Ready, language: str, profile: str, is_told: bool
) -> None:
    said = _said(made.document(profile, language))
    assert ("I1/site_status/ST2" in said) is is_told
    assert ("I1/site_status/withheld" in said) is not is_told
    assert [name for name in said if "/site_status/ST" in name][
        -1
    ] == "I1/site_status/ST1"  # in the order of their days
    assert not [name for name in said if name.startswith("I2/site_status")]


def test_whoever_reviewed_a_finding_read_what_is_said_of_its_place(made: Ready) -> None:
    beside = rows_of_case(made.as_read or made.found).beside
    assert {"site_status/ST1", "site_status/ST2", "site_status/ST3"} <= beside["I1"].keys()
    assert not [name for name in beside["I2"] if name.startswith("site_status")]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_hour_that_was_twice_stands_with_its_offset(made: Ready, language: str) -> None:
    document = made.document("partner", language)
    assert re.search(r"03:\d\d \(\u2068?UTC\+02:00\u2069?\)", _said(document)["I1/time"])
    (row,) = (words for name, words in document.trail if name == "A1")
    assert re.search(r"03:40 \(\u2068?UTC\+02:00\u2069?\)", row)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", {"time": "No piece says at what hour the attack was; the interval of 95\u00a0% covers 1 August 2017.",
                "mode": "No piece says how it was delivered; a mode that a table or chart gives for it is what was "}),
        ("ar", {"time": "لا يذكر أي دليل ساعة وقوع الهجوم", "mode": "لا يذكر أي دليل كيف نُفّذ"}),
    ],
)  # fmt: skip
def test_what_no_piece_speaks_of_is_not_told_as_found(made: Ready, language: str, says: dict[str, str]) -> None:
    said = _said(made.document("public", language))
    for name, text in says.items():
        assert text in said[f"I2/{name}"]
        assert text not in said[f"I1/{name}"]
    assert not [name for name in said if name.endswith("/cluster")]
    assert max(block["cluster"] for block in made.found.findings["incidents"]) >= 0.05


@pytest.mark.parametrize(
    ("language", "name", "day"),
    [
        ("en", "The place is Station one, an ambulance station, at 46.66° N, 32.62° E, given here to about 1,000 m.",
         "It is alleged to have happened on 29 October 2017."),
        ("ar", "المكان هو \u2068Station one\u2069 (مركز إسعاف)", "يُقال إنه وقع يوم 29"),
    ],
)  # fmt: skip
def test_the_place_and_the_day_are_told_in_this_language_and_no_finer_than_they_are_given(
    made: Ready, language: str, name: str, day: str
) -> None:
    assert name in _said(made.document("public", language))["I1/place"]
    court = _said(made.document("court", language))
    assert day in court["I1/window"]
    assert "60" in court["I1/place"]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_said_twice_and_no_probability_is_certain(made: Ready, profile: str, language: str) -> None:
    said = _said(made.document(profile, language)).values()
    assert not [one for one in said if re.search(r"(?<![\d.,])(0|0\.0|100|100\.0)\u00a0%", one)]
    assert not [one for one in said if re.search(r"(\S+ \S+ [\d.]+\u00a0%) (?:to|إلى) \1", one)]
    assert not [one for one in said if re.search(r"[sS]ource Source|المصدر \u2068?Source", one)]
    assert not [one for one in said if "Станція" in one]
