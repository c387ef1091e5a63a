"""A sign-off of a sentence is of its words and of what the rows behind it say, and a change of either is told."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from release_examples import (
    COUNSEL,
    OPEN,
    TABLES,
    decided,
    document,
    own_keys,
    remember_findings,
    row,
    silence,
    tried,
    write_case,
)

from consilience.casework.acting_time import now
from consilience.casework.decision_rows import RESTS_ON
from consilience.casework.decisions_of_case import content_of, decisions_in
from consilience.casework.pipeline import Found, find
from consilience.casework.release_report import sentence_template
from consilience.casework.release_state import Built
from consilience.casework.releasing import Reports
from consilience.casework.resting_rows import MOST_NAMED, Rows, kept_parts, rows_changed, rows_of_case
from consilience.publish.document import Sentence
from consilience.publish.profiles import Profile
from consilience.records.decisions import Decision
from consilience.vault.acts import DECIDED
from consilience.vault.store import Vault

SAID = Sentence("s1", "It was an attack, and nobody was warned.", ("I1/attribution",))
"""Its words stay whatever the rows say."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("signed")
        own_keys(folder / "keys")
        patch.setenv("CONSILIENCE_KEYS", str(folder / "keys"))
        remember_findings(patch)
        case = write_case(folder / "case")
        assert not decided(case, list(OPEN.values())).bad
        yield case


@pytest.fixture(scope="module")
def rows(opened: Path) -> Rows:
    return rows_of_case(find(opened, progress=silence))


@pytest.fixture
def case(opened: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(opened, tmp_path / "case"))


def _says(said: Sentence = SAID) -> Reports:
    def built(found: Found, profile: Profile, *_: object) -> Built:
        del found
        return Built({"report/report.md": said.text.encode()}, (document(profile.name, [said]),))

    return built


def _signed(rows: Rows, **more: str) -> Mapping[str, str]:
    """A row as the template has it, filled in."""
    rests_on = RESTS_ON.join(rows.behind(SAID).parts)
    return {**row("sign_off", "public/en/s1", "risk", COUNSEL, scope=rows.behind(SAID).code, rests_on=rests_on), **more}


def _about_s1(case: Path) -> list[str]:
    done = tried(case, case.parent / "out", reports=_says(), dry_run=True)
    return [one for one in done.reasons if "of sentence public/en/s1" in one]


def _change(case: Path, table: str, old: str, new: str) -> None:
    text = "\n".join(TABLES[table]) + "\n"
    assert old in text
    (case / f"{table}.csv").write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("accounts", "A2,I1,W2,,2017-04-02T10:10", "A2,I1,W2,,2017-04-02T10:11", "row accounts A2"),
        ("sightings", "S2,OBS1,2017-04-02T10:04", "S2,OBS1,2017-04-02T10:05", "row sightings S2"),
    ],
)
def test_a_row_that_changes_outdates_the_sign_off_though_no_word_does(
    case: Path, rows: Rows, table: str, old: str, new: str, told: str
) -> None:
    (signed,) = decided(case, [_signed(rows)]).recorded
    assert _about_s1(case) == []
    _change(case, table, old, new)
    assert _about_s1(case) == [
        f"sign-off {signed.decision_id} of sentence public/en/s1 was signed before {told} changed"
    ]
    _change(case, table, old, old)
    assert _about_s1(case) == [], "what it says counts, not where it stood"


def test_a_row_that_nothing_rests_on_outdates_no_sign_off(case: Path, rows: Rows) -> None:
    decided(case, [_signed(rows)])
    _change(case, "letters", "Synthetic Addressee One", "Synthetic Addressee Three")
    assert _about_s1(case) == []


def test_a_sign_off_of_an_earlier_version_is_told_to_need_signing_again(case: Path, rows: Rows) -> None:
    """It was bound to words and names alone: what the rows said then is not on record."""
    words = rows.behind(SAID).code.partition(".")[0]
    old = Decision("D-old", "sign_off", "public/en/s1", "risk", COUNSEL, date(2020, 5, 1), scope=words)
    Vault.open(case).record(DECIDED, [content_of(old)], now())
    (why,) = _about_s1(case)
    assert why.endswith("does not say what its rows said then: it needs signing again")
    decided(case, [_signed(rows)])  # signing again is enough: the old one need not be withdrawn
    assert _about_s1(case) == []
    again = decided(case, [row("sign_off", "public/en/s1", "defamation", COUNSEL, scope=words)])
    assert [(bad.column, "says nothing of the rows" in bad.why) for bad in again.bad] == [("scope", True)]


def test_sentences_about_letters_can_be_signed_once_their_sending_is_decided(case: Path, tmp_path: Path) -> None:
    """The template, `decide` and the gates read the rows alike, with no decision laid over them."""
    file = tmp_path / "sign.csv"
    sentence_template(case, file, "public", ["en"], workers=1, progress=silence)
    with file.open(encoding="utf-8", newline="") as stream:
        wanted = [{**one, "by": COUNSEL, "on": "2020-05-01"} for one in csv.DictReader(stream)]
    of_letters = [one for one in wanted if "letters/" in one["target"]]
    assert of_letters
    done = decided(case, [{**one, "value": value} for one in of_letters for value in ("risk", "defamation")])
    assert done.bad == ()


def test_a_template_that_was_written_before_a_row_changed_is_refused(case: Path, rows: Rows) -> None:
    _change(case, "accounts", "A2,I1,W2,,2017-04-02T10:10", "A2,I1,W2,,2017-04-02T10:11")
    done = decided(case, [_signed(rows)])
    assert (done.recorded, [bad.column for bad in done.bad]) == ((), ["rests_on"])


def test_without_the_names_of_its_rows_it_binds_as_much_and_says_less(case: Path, rows: Rows) -> None:
    decided(case, [_signed(rows, rests_on="")])
    assert _about_s1(case) == []
    _change(case, "accounts", "A2,I1,W2,,2017-04-02T10:10", "A2,I1,W2,,2017-04-02T10:11")
    (why,) = _about_s1(case)
    assert why.endswith("was signed before a row that it rests on changed")


def test_the_words_of_a_sentence_never_enter_the_ledger(case: Path, rows: Rows) -> None:
    """They could not be taken out of it when a source withdraws."""
    decided(case, [_signed(rows, words=SAID.text, asked="sign-off for risk")])
    assert SAID.text not in " ".join(str(act.content) for act in Vault.open(case).acts())
    kept = decisions_in(Vault.open(case).acts())[-1]
    assert dict(kept.bound_parts or {}) == rows.behind(SAID).parts
    assert kept.bound is None


def test_a_row_is_named_by_its_table_a_flight_by_its_sightings_and_a_table_as_one(rows: Rows) -> None:
    behind = rows.behind(SAID).parts
    assert {"accounts/A1", "accounts/A2", "sightings/S1", "sightings/S2"} <= set(behind)
    assert set(rows.parts(["accounts", "facilities/F1", "A1", "I1/time", "case"])) == {
        "accounts", "facilities/F1", "accounts/A1",
    }  # fmt: skip
    before = {"accounts/A1": "0", "accounts/A2": "1", "accounts": "2"}
    after = {"accounts/A1": "9", "accounts/A3": "1", "accounts": "3"}
    assert rows_changed(before, after) == ("table accounts, row accounts A1, row accounts A2 (no longer claimed), …")
    assert kept_parts({str(number): "" for number in range(MOST_NAMED)}) is not None
    assert kept_parts({str(number): "" for number in range(MOST_NAMED + 1)}) is None
