"""Consent is never guessed: an empty cell is none, a day later is too late, and who has withdrawn is nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from small_folder import CASE_TOML, write_small_case

from consilience.casework.people import read_apart
from consilience.readings.case_folder import read_case
from consilience.records.case import CaseRecords
from consilience.records.consent import (
    Consent,
    agreeing_interviews,
    agreeing_people,
    consent_of,
    for_publication,
    may,
    rows_of,
    withdrawn_sources,
    without_sources,
)
from consilience.records.tables import CONSENTS, TABLES

HEADER = "interview_id,source_id,consent,consent_until,withdrawn_on"
DAY = date(2017, 6, 30)


def _case(folder: Path, *interviews: str, **tables: list[str]) -> CaseRecords:
    return read_case(write_small_case(folder / "case", {"interviews": [HEADER, *interviews], **tables}))


def test_each_use_needs_its_own_consent(tmp_path: Path) -> None:
    records = _case(tmp_path, "N1,W1,analysis;public,,")
    assert {use for use in CONSENTS if may(records, "W1", use, DAY)} == {"analysis", "public"}
    assert consent_of(records, "W1", "court", DAY) is Consent.NOT_GIVEN


def test_an_interview_without_a_word_on_consent_allows_nothing(tmp_path: Path) -> None:
    records = _case(tmp_path, "N1,W1,,,")
    assert not any(may(records, "W1", use, DAY) for use in CONSENTS)


def test_of_several_interviews_the_narrowest_promise_holds(tmp_path: Path) -> None:
    records = _case(tmp_path, "N1,W1,analysis;public,,", "N2,W1,analysis,,")
    assert may(records, "W1", "analysis", DAY)
    assert not may(records, "W1", "public", DAY)


def test_who_was_never_asked_is_not_shown(tmp_path: Path) -> None:
    records = _case(tmp_path, "N1,W1,analysis,,")
    assert consent_of(records, "W2", "public", DAY) is Consent.NOT_ASKED
    assert {use for use in CONSENTS if not may(records, "W2", use, DAY)} == {"quote", "name", "image"}


def test_consent_holds_through_its_last_day_and_no_longer(tmp_path: Path) -> None:
    records = _case(tmp_path, "N1,W1,public,2017-06-30,")
    assert may(records, "W1", "public", DAY)
    assert consent_of(records, "W1", "public", date(2017, 7, 1)) is Consent.EXPIRED


@pytest.mark.parametrize("by", ["table", "ledger"])
def test_a_withdrawal_ends_every_use(tmp_path: Path, by: str) -> None:
    records = _case(tmp_path, f"N1,W1,{';'.join(CONSENTS)},,{'2017-05-01' if by == 'table' else ''}")
    if by == "ledger":
        records = replace(records, withdrawn=frozenset({"W1"}))
    assert withdrawn_sources(records) == {"W1"}
    assert {consent_of(records, "W1", use, DAY) for use in CONSENTS} == {Consent.WITHDRAWN}
    assert not any(may(records, "W1", use, DAY) for use in CONSENTS)


def test_a_use_that_is_none_is_no_no(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        may(_case(tmp_path), "W1", "television", DAY)


def test_without_a_source_nothing_names_it_in_any_table(tmp_path: Path) -> None:
    accounts = [
        "account_id,incident_id,source_id,interview_id,time,mode,note",
        "A1,I1,W1,N1,2017-04-02T10:05,air strike,his words",
        "A2,I1,W2,,2017-04-02T10:10,air strike,hers",
        "A3,I1,,N1,2017-04-02T10:10,air strike,told in his interview",
    ]
    sources = ["source_id,role,depends_on", "W1,direct_witness,", "W2,medical_worker,W1;SP", "SP,flight_spotter,"]
    records = _case(tmp_path, "N1,W1,analysis,,", "N2,W2,analysis,,", accounts=accounts, sources=sources)
    assert {name: len(frame) for name, frame in rows_of(records, {"W1"}).items()} == {
        "accounts": 2, "interviews": 1, "media": 2, "sources": 1,
    }  # fmt: skip
    rest = without_sources(records, {"W1"})
    assert rest.tables["accounts"]["account_id"].to_list() == ["A2"]
    assert rest.extras["accounts"]["note"].to_list() == ["hers"]
    assert rest.tables["sources"].filter(source_id="W2")["depends_on"].to_list() == [["SP"]]
    for name, frame in rest.tables.items():
        assert frame.schema == TABLES[name].canonical()
        assert not any("W1" in str(row) for row in frame.drop("_file").iter_rows())
    assert consent_of(rest, "W1", "analysis", DAY) is Consent.WITHDRAWN


def test_without_nobody_the_case_is_the_same(tmp_path: Path) -> None:
    records = _case(tmp_path, "N1,W1,analysis,,")
    assert without_sources(records, frozenset()).digest() == records.digest()


@pytest.mark.parametrize("row", ["analysis public,,", "none,,", "public,,03/05/2017", "public,some day,"])
def test_a_row_of_an_interview_that_can_not_be_read_is_no_consent(tmp_path: Path, row: str) -> None:
    case = write_small_case(tmp_path / "case", {"interviews": [HEADER, "N1,W1," + row]})
    records = read_apart(case).records
    assert not [use for use in CONSENTS if may(records, "W1", use, DAY)]


def test_for_a_publication_consent_has_to_hold_on_the_day_when_it_goes_out(tmp_path: Path) -> None:
    """It speaks as of an earlier day, when consent still held."""
    toml = CASE_TOML + "as_of = 2017-05-01\n"
    interviews = [HEADER, "N1,W1,public,2017-06-30,", "N2,W2,public,,"]
    records = read_case(write_small_case(tmp_path / "case", {"interviews": interviews}, toml))
    by_day = {day: agreeing_interviews(for_publication(records, day), "public") for day in (DAY, date(2017, 7, 1))}
    assert by_day == {DAY: {"N1", "N2"}, date(2017, 7, 1): {"N2"}}
    assert agreeing_people(for_publication(records, date(2017, 7, 1)), "public") == {"W2"}
    assert agreeing_interviews(for_publication(records, date(2017, 1, 1)), "public") == {"N1", "N2"}, "as_of is later"
    assert for_publication(records, date(2017, 7, 1)).digest() == records.digest()


def test_without_an_as_of_a_consent_that_ends_holds_on_no_day(tmp_path: Path) -> None:
    records = _case(tmp_path, "N1,W1,public,2017-06-30,")
    assert agreeing_interviews(for_publication(records, date(2017, 5, 1)), "public") == frozenset()
