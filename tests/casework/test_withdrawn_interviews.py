"""A withdrawn interview that names no source is still somebody's: it stops runs, openings and releases all the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sealed_folder import own_keys
from small_folder import write_small_case

from consilience.casework.bundling import gone_by_now, open_items, plan_bundle, write_bundle
from consilience.casework.people import Apart, read_apart
from consilience.errors import UsageError
from consilience.records.consent import Consent, consent_of

_DAY = date(2017, 6, 30)
HEADER = "interview_id,source_id,consent,withdrawn_on"
ACCOUNTS = [
    "account_id,incident_id,source_id,interview_id,time,time_precision,facility_id,mode",
    "A1,I1,W1,N1,2017-04-02T10:05,minute,F1,air strike",
    "A2,I1,W2,N2,2017-04-02T10:10,about,F1,air strike",
    "A3,I1,W3,N2,2017-04-02T10:08,about,F1,air strike",
    "A4,I1,W2,,2017-04-02T10:09,about,F1,air strike",
]
SOURCES = ["source_id,role", "W1,direct_witness", "W2,medical_worker", "W3,media_uploader", "SP,flight_spotter"]


def _case(folder: Path, *interviews: str) -> Path:
    tables = {"interviews": [HEADER, *interviews], "accounts": ACCOUNTS, "sources": SOURCES, "media": None}
    return write_small_case(folder / "case", tables)


def _accounts(apart: Apart) -> list[str]:
    return apart.records.tables["accounts"]["account_id"].to_list()


def test_its_accounts_leave_every_run_with_the_source_that_they_name(tmp_path: Path) -> None:
    apart = read_apart(_case(tmp_path, "N1,,analysis;court,2017-05-01"))
    assert _accounts(apart) == ["A2", "A3", "A4"]
    assert apart.withdrawn == gone_by_now(apart) == {"W1"}
    assert consent_of(apart.records, "W1", "public", _DAY) is Consent.WITHDRAWN


def test_of_several_who_cite_it_the_accounts_leave_and_what_they_told_elsewhere_stays(tmp_path: Path) -> None:
    apart = read_apart(_case(tmp_path, "N2,,analysis,2017-05-01"))
    assert _accounts(apart) == ["A1", "A4"]
    assert gone_by_now(apart) == {"interview N2"}


def test_one_that_nobody_cites_has_an_owner_too(tmp_path: Path) -> None:
    assert gone_by_now(read_apart(_case(tmp_path, "N9,,analysis,2017-05-01"))) == {"interview N9"}


def test_one_of_which_the_withdrawal_can_not_be_read_allows_nothing_of_its_source(tmp_path: Path) -> None:
    apart = read_apart(_case(tmp_path, "N1,,analysis;public,some day in spring"))
    assert gone_by_now(apart) == {"W1"}
    assert consent_of(apart.records, "W1", "public", _DAY) is Consent.NOT_GIVEN


def test_one_that_was_not_withdrawn_stays_nobodys(tmp_path: Path) -> None:
    apart = read_apart(_case(tmp_path, "N1,,analysis,"))
    assert apart.read.tables["interviews"]["source_id"].to_list() == [None]
    assert (_accounts(apart), gone_by_now(apart)) == (["A1", "A2", "A3", "A4"], frozenset())


def test_nothing_of_an_older_bundle_is_opened_once_it_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_keys(tmp_path / "keys", monkeypatch)
    case = _case(tmp_path, "N1,,analysis;partner,")
    write_bundle(plan_bundle(case, ["I1"], "partner"), tmp_path / "bag")
    (case / "interviews.csv").write_text(f"{HEADER}\nN1,,analysis;partner,2017-07-01\n", "utf-8")
    with pytest.raises(UsageError, match="withdrawn since"):
        open_items(case, tmp_path / "bag", ["W0001"], [], tmp_path / "opening.json")
    assert not (tmp_path / "opening.json").exists()


@pytest.mark.parametrize("again", ["N1,W1,gladly,", "N1,W1,analysis,"], ids=["unread", "differing"])
def test_a_key_that_is_doubled_undoes_no_withdrawal(tmp_path: Path, again: str) -> None:
    """Neither of the two rows is used, and the wish stands all the same."""
    apart = read_apart(_case(tmp_path, "N1,W1,analysis;court,2017-05-01", again))
    assert apart.read.tables["interviews"].is_empty()
    assert _accounts(apart) == ["A2", "A3", "A4"]
    assert consent_of(apart.records, "W1", "public", _DAY) is Consent.WITHDRAWN
