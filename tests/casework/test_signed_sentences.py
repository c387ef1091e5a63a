"""A sign-off of a sentence is of its words and of what the rows behind it say, and a change of either is told."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from earlier_decisions_acts import old_content
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

from consilience.casework import resting_rows
from consilience.casework.acting_time import now
from consilience.casework.bound_decisions import decisions_of
from consilience.casework.decision_rows import RESTS_ON
from consilience.casework.decisions_of_case import short_digest
from consilience.casework.pipeline import Found, find
from consilience.casework.release_report import sentence_template
from consilience.casework.release_state import Built
from consilience.casework.releasing import Reports
from consilience.casework.reporting import ready
from consilience.casework.resting_rows import (
    MOST_NAMED,
    Bound,
    Rows,
    kept_parts,
    rows_changed,
    rows_of_case,
    sentences_shown,
)
from consilience.publish.document import Grid, Sentence
from consilience.publish.profiles import PROFILES, Profile
from consilience.publish.statements.resting import counts_every
from consilience.records.decisions import Decision
from consilience.records.tables import TABLES as NAMED
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
    Vault.open(case).record(DECIDED, [old_content(old)], now())
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
    kept = decisions_of(Vault.open(case))[-1]
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


def test_sign_offs_that_stand_in_ledgers_go_on_to_count(case: Path) -> None:
    """As version 0.1 recorded it of this case: should digests of rows be made otherwise, each would be void."""
    code = "c34201321797d5cb.37e0af8b2147e6e2"
    kept = {
        "accounts/A1": "fb587e7e27abc08f", "accounts/A2": "86384ef2112dd430", "media/M1": "3b80078d47dece1d",
        "sightings/S1": "7259640405b519a3", "sightings/S2": "5dc3659a2daa8d08",
    }  # fmt: skip
    old = Decision("D-old", "sign_off", "public/en/s1", "risk", COUNSEL, date(2020, 5, 1), scope=code, bound_parts=kept)
    Vault.open(case).record(DECIDED, [old_content(old)], now())
    assert _about_s1(case) == []
    _change(case, "accounts", "A2,I1,W2,,2017-04-02T10:10", "A2,I1,W2,,2017-04-02T10:11")
    assert _about_s1(case) == ["sign-off D-old of sentence public/en/s1 was signed before row accounts A2 changed"]


def test_digests_that_reviews_and_states_of_releases_keep_are_made_as_ever(opened: Path) -> None:
    """By id alone, where an id of two tables stands for both rows: else every piece would be told as changed."""
    found = find(opened, progress=silence)
    letters = found.records.tables["letters"].with_columns(letter_id=pl.Series(["A1", "L2"]))
    found = replace(found, records=replace(found.records, tables={**found.records.tables, "letters": letters}))
    before: dict[str, str] = {}
    for name, frame in sorted(found.records.tables.items()):
        if (key := NAMED[name].key) is not None:
            for said in frame.select(list(NAMED[name].canonical())[:-2]).iter_rows(named=True):
                texts = {column: str(value) for column, value in said.items() if value not in (None, [])}
                before[said[key]] = short_digest([before.get(said[key], ""), texts])
    assert rows_of_case(found).by_id == before
    assert before["A2"] == "49a27bd3edd12e5e"


def test_rows_are_digested_once_for_all_gates_and_the_state(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def counted(found: Found) -> Rows:
        made.append(found)
        return rows_of_case(found)

    decided(case, [_signed(rows_of_case(find(case, progress=silence)))])
    monkeypatch.setattr(resting_rows, "rows_of_case", counted)
    tried(case, case.parent / "out", reports=_says(), dry_run=True)
    assert len(made) == 1


COUNTING = ("totals/killed", "totals/killed/table")


def _counting(case: Path) -> dict[str, tuple[Sentence, object, Bound]]:
    made = ready(case, workers=1, progress=silence)
    rows = rows_of_case(made.as_read or made.found)
    said = sentences_shown(made.document("public", "en"))
    return {one.sentence_id: (one, shown, rows.behind(one, shown)) for one, shown in said}


def test_whoever_signed_a_number_that_counts_over_all_did_not_sign_another_one(case: Path) -> None:
    """Sentences hold the number in their words. A table's caption says the same over other numbers: it is signed with
    the table under it. A row that changes no number leaves both as they were signed."""
    before = _counting(case)
    _change(case, "accounts", "A2,I1,W2,,2017-04-02T10:10", "A2,I1,W2,,2017-04-02T10:11")
    alike = _counting(case)
    assert [before[name][2].code == alike[name][2].code for name in COUNTING] == [True, True]
    _change(case, "accounts", "barrel bomb,1,2", "barrel bomb,3,4")
    after = _counting(case)
    sentence, caption = COUNTING
    assert before[sentence][0].text != after[sentence][0].text
    assert before[caption][0].text == after[caption][0].text
    assert [before[name][2].code == after[name][2].code for name in COUNTING] == [False, False]
    for name, (one, shown, bound) in before.items():
        if counts_every(one.support):
            is_alike = (one.text, shown) == (after[name][0].text, after[name][1])
            assert (bound.code == after[name][2].code) == is_alike, name


def _over(*numbers: str) -> Reports:
    caption = Sentence("s1", "People killed, attack by attack.", ("totals/killed",))

    def built(found: Found, profile: Profile, *_: object) -> Built:
        del found
        grid = Grid(caption, ("attack", "killed"), tuple((f"I{at}", one) for at, one in enumerate(numbers, 1)))
        return Built({"report/report.md": b"x"}, (replace(document(profile.name, [SAID]), blocks=(grid,)),))

    return built


def test_a_caption_is_signed_with_the_table_under_it(case: Path) -> None:
    found = find(case, progress=silence)
    public = PROFILES["public"]
    (made,) = _over("1-2")(found, public, (), (), ()).documents
    rows = rows_of_case(found)
    ((said, shown),) = sentences_shown(made)
    bound = rows.behind(said, shown)
    signed = row("sign_off", "public/en/s1", "risk", COUNSEL, scope=bound.code, rests_on=RESTS_ON.join(bound.parts))
    (one,) = decided(case, [signed]).recorded

    def about(*numbers: str) -> list[str]:
        done = tried(case, case.parent / "out", reports=_over(*numbers), dry_run=True)
        return [reason for reason in done.reasons if "of sentence" in reason]

    told = f"sign-off {one.decision_id} of sentence public/en/s1"
    assert about("1-2") == []
    assert about("3-4") == [f"{told} was given on other words, on other rows, or over another table or picture"]
    before = Decision(
        "D-old", "sign_off", "public/en/s1", "defamation", COUNSEL, date(2020, 5, 1), scope=rows.behind(said).code
    )
    Vault.open(case).record(DECIDED, [old_content(before)], now())
    (why,) = about("1-2")
    assert why.endswith("does not say what stood under the caption then: it needs signing again")
