"""Decisions from a CSV: bad rows named and good ones taken, nothing twice, a review bound to what was reviewed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from release_examples import COUNSEL, OPEN, SECOND, TABLES, decided, row, silence, write_case

from consilience.casework.bound_decisions import decisions_of
from consilience.casework.deciding import decide_from
from consilience.casework.decision_templates import Template
from consilience.casework.replying import letters
from consilience.casework.reviewing import FindingStatus, review, write_template
from consilience.errors import UsageError
from consilience.records.decisions import latest, person, still_held
from consilience.records.replies import Standing
from consilience.vault.beside_ledger import read_note
from consilience.vault.store import FOLDER, Vault


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_case(tmp_path_factory.mktemp("weighed") / "case")
    decided(case, [])
    return case


@pytest.fixture
def case(weighed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weighed, tmp_path / "case"))


def _status(case: Path) -> FindingStatus:
    (found,) = review(case, progress=silence)
    return found


def test_a_bad_row_is_named_with_its_column_and_the_good_ones_go_on(case: Path) -> None:
    done = decided(
        case,
        [
            OPEN["first review"],
            row("revue", "I1", "reviewed"),
            row("review", "I9", "reviewed"),
            row("review", "I1", "fine"),
            row("review", "I1", "reviewed", by=""),
            row("review", "I1", "reviewed", by=" . "),
            row("review", "I1", "reviewed", on="1 May"),
            row("review", "I1", "reviewed", on="2999-01-01"),
            row("not_sought", "L1"),
            row("due", "L1", "soon"),
            row("due", "L9", "2020-06-01"),
            row("publish", "public", "yes"),
            row("publish", "everyone", "sha256:" + "0" * 64),
            row("blur", "pictures/smoke.jpg", "1,2,3"),
            row("blur", "pictures/other.jpg", "1,2,3,4"),
            row("withdraw", "D-0", reason="x"),
            row("sign_off", "I1", "risk", COUNSEL),
        ],
    )
    assert [one.value for one in done.recorded] == ["reviewed", "risk"]
    assert [(bad.row, bad.column) for bad in done.bad] == [
        (3, "kind"), (4, "target"), (5, "value"), (6, "by"), (7, "by"), (8, "on"), (9, "on"), (10, "reason"),
        (11, "value"), (12, "target"), (13, "value"), (14, "target"), (15, "value"), (16, "target"), (17, "target"),
    ]  # fmt: skip
    assert str(done.bad[0]).startswith("case-decisions.csv, row 3, column kind: ")


def test_a_correction_can_not_be_due_before_it_was_noticed(case: Path) -> None:
    noticed = {"reason": "a slip", "on": "2020-05-05"}
    late = {**row("correction", "I1", "minor", **noticed), "due": "2020-05-04"}
    same_day = {**row("correction", "I1", "major", **noticed), "due": "2020-05-05"}
    done = decided(case, [late, same_day])
    assert [(bad.row, bad.column) for bad in done.bad] == [(2, "due")]
    assert [one.value for one in done.recorded] == ["major"]


def test_a_bad_row_repeats_no_value_of_it(case: Path) -> None:
    done = decided(case, [row("review", "Synthetic Person", "reviewed"), row("x" * 9000, "I1")])
    assert len(done.bad) == 2
    assert not any("Synthetic" in str(bad) or "xxx" in str(bad) for bad in done.bad)


def test_the_same_file_twice_records_nothing_new(case: Path) -> None:
    rows = [*OPEN.values(), row("note", "I1", "ask the counsel again", COUNSEL)]
    first = decided(case, rows)
    root = Vault.open(case).root()
    again = decided(case, rows)
    assert (len(first.recorded), len(again.recorded), len(again.already)) == (5, 0, 5)
    assert Vault.open(case).root() == root


def test_a_row_twice_in_one_file_counts_once(case: Path) -> None:
    note = row("note", "I1", "ask the counsel again", COUNSEL)
    done = decided(case, [OPEN["risk"], OPEN["risk"], note, note])
    assert (len(done.recorded), len(done.already)) == (2, 2)


def test_a_dry_run_records_nothing(case: Path) -> None:
    root = Vault.open(case).root()
    done = decided(case, [*OPEN.values(), row("note", "I1", "x", COUNSEL)], dry_run=True)
    assert len(done.recorded) == 5
    assert Vault.open(case).root() == root
    assert not (case / FOLDER / "privileged").exists()


def test_an_id_can_not_stand_for_two_decisions(case: Path) -> None:
    done = decided(case, [{**OPEN["risk"], "decision_id": "R1"}, {**OPEN["first review"], "decision_id": "R1"}])
    assert [(bad.row, bad.column) for bad in done.bad] == [(3, "decision_id")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"kind,target\nreview,I1\n", "lacks by, on"),
        (b"kind,target,by,on,colour\n", "unknown"),
        (b"kind,target,by,on,on\n", "twice"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(case: Path, content: bytes, what: str) -> None:
    file = case.parent / "x.csv"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=what):
        decide_from(case, file, progress=silence)


def test_a_row_with_too_many_cells_is_bad_and_the_next_is_taken(case: Path) -> None:
    file = case.parent / "x.csv"
    file.write_text(
        "kind,target,value,by,on\nreview,I1,reviewed,A,2020-05-01,why, oh\nreview,I1,reviewed,A,2020-05-01\n"
    )
    done = decide_from(case, file, progress=silence)
    assert ([bad.row for bad in done.bad], len(done.recorded)) == ([2], 1)


def test_a_note_stands_in_no_act_and_can_be_read_here(case: Path) -> None:
    secret = "the second witness is the brother of the first"
    (noted,) = decided(case, [row("note", "I1", secret, COUNSEL)]).recorded
    acts = json.dumps([dict(act.content) for act in Vault.open(case).acts()])
    assert "brother" not in acts
    assert read_note(case / FOLDER, noted.commitment) == secret
    tiles = b"".join(path.read_bytes() for path in (case / FOLDER / "ledger").rglob("*") if path.is_file())
    assert b"brother" not in tiles


def test_a_review_no_longer_holds_once_the_finding_changes_and_says_what_changed(case: Path) -> None:
    decided(case, list(OPEN.values()))
    assert _status(case).open == ()
    lines = list(TABLES["accounts"])
    lines[2] = lines[2].replace("10:10", "10:40")
    (case / "accounts.csv").write_text("\n".join(lines) + "\n")
    now = _status(case)
    assert now.by == ()
    assert now.outdated_by == ("Reviewer One", "Reviewer Two")
    assert "evidence A2" in now.changed
    assert any(one.startswith("reviewed on a finding that has changed: ") for one in now.open)
    again = decided(case, list(OPEN.values()))
    assert not again.recorded, "the old rows are the old review"
    decided(case, [{**given, "on": "2020-05-03"} for given in OPEN.values()])
    assert _status(case).open == ()


def test_what_came_back_as_it_was_is_reviewed_again(case: Path) -> None:
    decided(case, list(OPEN.values()))
    was = (case / "accounts.csv").read_text()
    (case / "accounts.csv").write_text(was.replace("10:10", "10:40"))
    assert _status(case).open
    (case / "accounts.csv").write_text(was)
    assert not _status(case).open


def test_the_later_decision_wins_and_a_withdrawal_can_be_withdrawn(case: Path) -> None:
    rows = [
        {**row("due", "L1", "2020-05-10"), "decision_id": "first"},
        {**row("due", "L1", "2020-05-20"), "decision_id": "second"},
        {**row("withdraw", "second", reason="typed wrongly"), "decision_id": "third"},
    ]
    assert not decided(case, rows).bad

    def due() -> str:
        held = still_held(decisions_of(Vault.open(case)))
        found = latest(held, "due", "L1")
        return found.value if found else ""

    assert due() == "2020-05-10"
    assert not decided(case, [row("withdraw", "third", reason="it was right")]).bad
    assert due() == "2020-05-20"


def test_whoever_contests_is_not_outvoted(case: Path) -> None:
    decided(case, [row("review", "I1", "contested", "Reviewer Three"), *OPEN.values()])
    assert _status(case).status == "contested"
    decided(case, [row("review", "I1", "reviewed", "reviewer THREE")])
    assert _status(case).status == "reviewed"


def test_the_template_of_review_is_a_file_for_decide(case: Path) -> None:
    file = case.parent / "open.csv"
    assert write_template(review(case, progress=silence), file) == Template(3, (file,))
    unread = decide_from(case, file, progress=silence)
    assert (unread.recorded, unread.bad, unread.left_open) == ((), (), (2, 3, 4))
    file.write_text(file.read_text().replace(",,,,,finding:", f",,{SECOND},2020-05-02,,finding:"))
    filled_down = decide_from(case, file, progress=silence)
    assert (filled_down.recorded, filled_down.left_open) == ((), (2, 3, 4)), "a name all the way down says nothing"
    file.write_text(_filled(file.read_text()))
    done = decide_from(case, file, progress=silence)
    assert (len(done.recorded), done.bad, done.left_open) == (3, (), ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna  Ó Neill", "anna o'neill"),
        ("ANNA ONEILL", "Anna Oneill"),
        ("أَحْمَد", "احمد"),
        ("Ｊean-Paul", "jean paul"),
        ("Anna Meyer", "Meyer, Anna"),
        ("Anna Meyer", "\u0410nna M\u0435yer"),
        ("Anna Meyer", "Prof. Dr Anna Meyer"),
        ("Jörg Müller", "Mueller, Joerg"),
        ("Anna-Edda Voss", "Voss, Edda Anna"),
        ("Tom Oxo", "\u03a4om \u039fxo"),
    ],
)
def test_spellings_of_one_name_are_one_person(one: str, other: str) -> None:
    assert person(one) == person(other) != ""


@pytest.mark.parametrize("other", ["Anna Mayer", "Hanna Meyer", "Anna Meyer 2", "Dr Meyer"])
def test_names_of_other_letters_are_other_persons(other: str) -> None:
    assert person("Anna Meyer") != person(other)


def test_a_contest_filed_again_after_it_was_taken_back_or_withdrawn_counts_again(case: Path) -> None:
    contest, accept = (
        row("review", "I1", "contested", "Reviewer Three"),
        row("review", "I1", "reviewed", "Reviewer Three"),
    )
    (first,) = decided(case, [contest]).recorded
    decided(case, [accept])
    (second,) = decided(case, [contest]).recorded
    assert _status(case).status == "contested"
    assert second.decision_id == f"{first.decision_id}-2"
    decided(case, [row("withdraw", second.decision_id, reason="typed wrongly")])
    assert _status(case).status == "reviewed"
    assert len(decided(case, [contest]).recorded) == 1
    assert _status(case).status == "contested"
    assert len(decided(case, [contest]).already) == 1
    named = {**row("review", "I1", "contested", "Reviewer Four"), "decision_id": "C4"}
    decided(case, [named, row("withdraw", "C4", reason="x")])
    assert [bad.column for bad in decided(case, [named]).bad] == ["decision_id"], "never silently"


def test_who_read_the_finding_before_it_changed_can_not_review_it_after(case: Path) -> None:
    file = case.parent / "open.csv"
    write_template(review(case, progress=silence), file)
    text = _filled(file.read_text().replace(",,,,,finding:", f",,{SECOND},2020-05-02,,finding:"))
    lines = list(TABLES["accounts"])
    lines[2] = lines[2].replace("10:10", "10:40")
    (case / "accounts.csv").write_text("\n".join(lines) + "\n")
    file.write_text(text)
    done = decide_from(case, file, progress=silence)
    assert not done.recorded
    assert [(bad.row, bad.column) for bad in done.bad] == [(2, "scope"), (3, "scope"), (4, "scope")]


def test_a_letter_that_is_sent_after_all_ends_the_word_that_no_reply_is_sought(case: Path) -> None:
    bare = [*TABLES["letters"][:1], "L1,Syrian,Synthetic Addressee One,,", TABLES["letters"][2]]
    (case / "letters.csv").write_text("\n".join(bare) + "\n")
    decided(case, [row("not_sought", "L1", by=COUNSEL, reason="it would endanger someone")])
    assert _standing(case) is Standing.NOT_SOUGHT
    decided(case, [row("sent", "L1", "2020-05-01"), row("due", "L1", "2020-06-01")])
    assert _standing(case) is Standing.WITHIN


def _filled(text: str) -> str:
    """The value of each row of the template: reviewed, and both grounds."""
    for kind, value in (("review", "reviewed"), ("sign_off", "risk"), ("sign_off", "defamation")):
        text = text.replace(f",{kind},I1,,", f",{kind},I1,{value},", 1)
    return text


def _standing(case: Path) -> Standing:
    said = letters(case, None, progress=silence)
    return said.standings[[one.letter_id for one in said.letters].index("L1")]
