"""What a letter put is on record, and nothing is published against an addressee that it was not put."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from put_examples import (
    AS_IT_WAS,
    ONE_MORE,
    OTHER_DAY,
    OTHER_MODE,
    OTHER_NAME,
    OTHER_PARTIES,
    OTHER_SITE,
    Tables,
    changed,
)
from release_examples import COUNSEL, OPEN, TABLES, Row, approve, decided, own_ring, row, silence, tried, write_case
from typer.testing import CliRunner

from consilience.casework import deciding
from consilience.casework.acting_time import now
from consilience.casework.alleging import CHANGED, change_told
from consilience.casework.decision_tables import letters_json, letters_lines
from consilience.casework.decisions_of_case import acts_of, decisions_in
from consilience.casework.keys import open_vault
from consilience.casework.pipeline import find
from consilience.casework.replying import Letters, letters
from consilience.cli.main import app
from consilience.records.allegations import SHUTS, Allegation, Put, Since, changes_since, put_of
from consilience.records.decisions import Decision, still_held
from consilience.records.replies import Standing
from consilience.reference.shipped import ORBATS
from consilience.vault.acts import DECIDED
from consilience.vault.store import Vault

SENT = row("sent", "L1", "2020-04-01")
DUE = row("due", "L1", "2020-05-02")
ENOUGH = row("put_enough", "L1", by=COUNSEL, reason="it knows what changed, by its own statement of 3 April")
FIRST_PUT = {
    "incident_id": "I1", "day": "2017-04-02", "facility_id": "F1", "site": "Hospital one", "mode": "barrel bomb",
    "parties": ["Syrian"],
}  # fmt: skip


TITLED: Tables = {
    "incidents": ["incident_id,title,facility_id", "I1,Where John Doe was hurt,F1"],
    "facilities": [line.replace("Hospital one", "") for line in AS_IT_WAS["facilities"]],
}
"""Neither town nor facility has a name, and the title names a person."""


@pytest.fixture(scope="module", autouse=True)
def _known(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_case(tmp_path_factory.mktemp("weighed") / "case", AS_IT_WAS)
    decided(case, [])
    return case


@pytest.fixture
def case(weighed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weighed, tmp_path / "case"))


@pytest.fixture
def sent(case: Path) -> Path:
    """The case after its letter to the accused went out."""
    assert not decided(case, [SENT]).bad
    return case


def shut(case: Path) -> list[str]:
    """Why letters shut the release."""
    return [one for one in tried(case, case.parent / "out", dry_run=True).reasons if one.startswith("letter ")]


def again(case: Path, day: str = "2020-04-25", due: Row = DUE) -> tuple[Row, ...]:
    """The letter as it is now goes out, and its sender copies the code off it."""
    return due, {**row("sent", "L1", day), "scope": of(case, "L1")["edition"]}


def told(case: Path) -> Letters:
    return letters(case, None, progress=silence)


def of(case: Path, letter_id: str) -> dict[str, Any]:
    (one,) = [one for one in letters_json(told(case))["letters"] if one["letter_id"] == letter_id]
    return dict(one)


def test_what_was_put_is_kept_and_is_no_more_than_the_letter_says(case: Path) -> None:
    decided(case, [SENT, row("sent", "L2", "2020-04-01")])
    accused, asked = of(case, "L1"), of(case, "L2")
    assert accused["put"]["alleged"] == [FIRST_PUT]
    asked_about = {name: FIRST_PUT[name] for name in ("incident_id", "day", "facility_id", "site")}
    assert asked["put"]["alleged"] == [asked_about], "a letter that asks says neither how nor who"
    assert (accused["puts_all"], accused["since"], accused["put"]["edition"]) == (True, [], accused["edition"])
    text = _written(case, "L1-en.md")
    assert f"Reference: L1, {accused['edition']}" in text
    assert shut(case) == []


def test_a_dry_run_says_what_would_be_put_and_records_nothing(case: Path) -> None:
    root = Vault.open(case).root()
    (would,) = decided(case, [SENT], dry_run=True).recorded
    assert would.put is not None
    assert would.put.edition == of(case, "L1")["edition"]
    assert Vault.open(case).root() == root


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        (OTHER_DAY, "day 2017-04-02, now 2017-04-03"),
        (OTHER_SITE, "facility F1, now F2; site Hospital one, now School two"),
        (OTHER_NAME, "site Hospital one, now Hospital of another name"),
        (OTHER_PARTIES, "parties Syrian, now Russian or Syrian"),
        (OTHER_MODE, "mode barrel bomb, now air strike"),
    ],
)
def test_what_is_alleged_otherwise_shuts_the_door_until_it_was_put(sent: Path, tables: Tables, what: str) -> None:
    changed(sent, tables)
    (why,) = shut(sent)
    assert why.startswith("letter L1, sent on 2020-04-01: I1 was put otherwise (")
    assert what in why
    assert why.endswith(": send it anew and decide sent and due, or counsel decides put_enough")
    assert of(sent, "L1")["puts_all"] is False
    assert not decided(sent, again(sent)).bad
    assert shut(sent) == []
    assert of(sent, "L1")["since"] == []


def test_one_incident_more_shuts_the_door_until_it_was_put(sent: Path) -> None:
    changed(sent, ONE_MORE)
    (why,) = shut(sent)
    assert "letter L1, sent on 2020-04-01: I2 was not put: " in why
    decided(sent, again(sent))
    assert shut(sent) == []


def test_a_new_letter_gives_a_new_time_that_has_to_be_over(sent: Path) -> None:
    changed(sent, ONE_MORE)
    early = decided(sent, again(sent)[1:])
    assert [(bad.row, bad.column) for bad in early.bad] == [(2, "value")], "the old deadline is none for it"
    decided(sent, again(sent, due=row("due", "L1", "2020-05-04")))
    assert shut(sent) == ["letter L1: its deadline, 2020-05-04, is not over at as_of 2020-05-04"]


def test_the_deadline_of_the_first_letter_is_none_for_the_second(sent: Path) -> None:
    taken_back = row("withdraw", "later", reason="it was not granted")
    for one in (*again(sent, due={**DUE, "decision_id": "later"}), taken_back):
        assert not decided(sent, [one]).bad
    (why,) = shut(sent)
    assert why == (
        "letter L1: its deadline is not after the day on which it was sent last, 2020-04-25: decide due anew"
    )
    said = told(sent)
    assert said.standings[0] is Standing.NO_DEADLINE
    assert "asked for an answer" not in said.sentences[0]
    assert "Please answer by: (date" in _written(sent, "L1-en.md")


def test_a_reply_to_the_first_letter_is_none_to_the_second(sent: Path) -> None:
    effect = row("reply_effect", "I1", "unchanged", reason="denied", scope="L1")
    decided(sent, [row("reply", "L1", "full", on="2020-04-10"), effect])
    assert told(sent).standings[0] is Standing.REPLIED
    changed(sent, ONE_MORE)
    assert any("I2 was not put" in one for one in shut(sent)), "it answered another letter"
    decided(sent, again(sent, due=row("due", "L1", "2020-05-10")))
    said = told(sent)
    assert said.standings[0] is Standing.WITHIN
    assert "an earlier letter had been answered on 10 April 2020, and not this one as of 4 May" in said.sentences[0]
    assert shut(sent) == ["letter L1: its deadline, 2020-05-10, is not over at as_of 2020-05-04"]


def test_whoever_was_only_asked_and_is_accused_by_now_was_not_put_it(case: Path) -> None:
    decided(case, [SENT, row("sent", "L2", "2020-04-01")])
    changed(case, OTHER_MODE)
    assert [one for one in shut(case) if one.startswith("letter L2")] == [
        "letter L2, sent on 2020-04-01: I1 was asked about and not alleged: send it anew and decide sent and due, or "
        "counsel decides put_enough"
    ]


def test_whoever_is_only_asked_about_one_thing_more_is_told_of_and_shuts_nothing(case: Path) -> None:
    decided(case, [SENT, row("sent", "L2", "2020-04-01")])
    changed(case, ONE_MORE)
    assert not [one for one in shut(case) if one.startswith("letter L2")]
    assert [one["told"] for one in of(case, "L2")["since"]] == ["I2 was not asked about, or otherwise"]


def test_counsel_s_word_holds_for_what_was_looked_at_and_for_nothing_that_changes_later(sent: Path) -> None:
    changed(sent, ONE_MORE)
    assert not decided(sent, [ENOUGH]).bad
    assert shut(sent) == []
    assert of(sent, "L1")["puts_all"] is False, "it is enough, and not all"
    assert "L1: I2 was not put; counsel decided that it need not be" in letters_lines(told(sent))
    changed(sent, {**ONE_MORE, "facilities": [*OTHER_NAME["facilities"]]})
    (why,) = shut(sent)
    assert "I1 was put otherwise (site Hospital one" in why
    assert "; what counsel decided was of something else: " in why
    changed(sent, {})
    assert shut(sent) == []
    changed(sent, ONE_MORE)
    assert shut(sent) == [], "what came back as it was is what counsel looked at"
    decided(sent, [*again(sent), row("withdraw", _last(sent, "sent"), reason="it was never sent")])
    assert shut(sent) == []


def test_a_new_letter_ends_counsel_s_word_of_the_one_before(sent: Path) -> None:
    changed(sent, ONE_MORE)
    decided(sent, [ENOUGH])
    changed(sent, {})
    decided(sent, again(sent))
    changed(sent, ONE_MORE)
    assert len(shut(sent)) == 1


def test_counsel_can_not_sign_what_was_read_before_it_changed_nor_of_a_letter_nobody_knows(sent: Path) -> None:
    read = of(sent, "L1")["edition"]
    changed(sent, ONE_MORE)
    done = decided(sent, [{**ENOUGH, "scope": read}, {**ENOUGH, "target": "L2"}, {**ENOUGH, "reason": ""}])
    assert [(bad.row, bad.column) for bad in done.bad] == [(2, "scope"), (3, "target"), (4, "reason")]
    assert len(decided(sent, [{**ENOUGH, "scope": of(sent, "L1")["edition"]}]).recorded) == 1


def test_what_is_no_longer_alleged_is_told_and_shuts_nothing(case: Path) -> None:
    changed(case, ONE_MORE)
    decided(case, again(case))
    changed(case, {})
    assert shut(case) == []
    said = of(case, "L1")
    assert [one["told"] for one in said["since"]] == ["I2 was put and is no longer alleged"]
    assert said["puts_all"] is True
    assert "L1: I2 was put and is no longer alleged" in letters_lines(told(case))


def test_a_finding_that_was_retracted_was_put_and_is_no_longer_alleged(sent: Path) -> None:
    decided(sent, [row("review", "I1", "retracted")])
    assert [one["told"] for one in of(sent, "L1")["since"]] == ["I1 was put and is no longer alleged"]


def test_a_mode_that_is_no_longer_said_takes_something_back_and_one_that_is_said_anew_was_not_put() -> None:
    said = Allegation("I1", date(2017, 4, 2), "Northtown", "F1", "Hospital one", "barrel bomb", ("Syrian",))
    unsaid = replace(said, mode="")
    (back,) = changes_since(put_of([said]), None, put_of([unsaid]))
    assert (back.since, change_told(back)) == (Since.NO_MODE, "I1 was put as barrel bomb, which is no longer alleged")
    assert back.since not in SHUTS
    (anew,) = changes_since(put_of([unsaid]), None, put_of([said]))
    assert (anew.since, anew.fields) == (Since.OTHERWISE, (("mode", "", "barrel bomb"),))
    assert anew.since in SHUTS


def _old(case: Path) -> None:
    """A decision as an earlier version of the program recorded it."""
    content = {"schema": "consilience.decision/1", "decision_id": "old", "kind": "sent", "target": "L1",
               "value": "2020-04-01", "by": "Somebody", "on": "2020-04-01", "scope": "questions 1 and 2"}  # fmt: skip
    Vault.open(case).record(DECIDED, [content], datetime(2020, 4, 1, tzinfo=UTC))


def test_of_a_sending_in_the_table_or_an_old_decision_it_is_said_that_nobody_knows(case: Path) -> None:
    for before in (lambda _: None, _old):
        before(case)
        changed(case, ONE_MORE)
        assert shut(case) == []
        said = of(case, "L1")
        assert (said["put"], said["puts_all"], said["since"]) == (None, None, [])
        assert said["in_words"] == "which edition was sent, and so what it put, is not known"
        assert tried(case, case.parent / "out", dry_run=True).notes[0] == (
            "letter L1, sent on 2020-04-01: which edition was sent, and so what it put, is not known"
        )


def test_of_a_letter_that_was_put_or_is_not_sought_there_is_no_such_note(case: Path) -> None:
    (case / "letters.csv").write_text("\n".join([*TABLES["letters"][:2], "L2,Russian,Two,,"]) + "\n")
    decided(case, [SENT, row("not_sought", "L2", by=COUNSEL, reason="x")])
    assert tried(case, case.parent / "out", dry_run=True).notes == ()
    assert [one is None for one in told(case).told] == [False, True]


def test_a_letter_that_went_out_before_the_findings_changed_is_named_by_the_code_at_its_head(case: Path) -> None:
    was = of(case, "L1")["edition"]
    changed(case, ONE_MORE)
    decided(case, [{**SENT, "scope": was}])
    (why,) = shut(case)
    assert why.startswith("letter L1, sent on 2020-04-01: another edition was sent than the findings make now")
    changed(case, {})
    assert shut(case) == []
    changed(case, ONE_MORE)
    decided(case, [{**ENOUGH, "reason": "of an edition that nobody kept"}])
    assert shut(case) == []


def test_an_edition_that_was_recorded_once_is_known_when_it_is_named_again(sent: Path) -> None:
    was = of(sent, "L1")["edition"]
    changed(sent, ONE_MORE)
    decided(sent, [{**row("sent", "L1", "2020-04-02"), "scope": was}])
    (why,) = shut(sent)
    assert "letter L1, sent on 2020-04-02: I2 was not put" in why


def test_a_sending_that_is_recorded_after_tables_changed_has_to_name_its_edition(case: Path) -> None:
    find(case, workers=1, progress=silence)
    (case / "letters.csv").write_text("\n".join([*TABLES["letters"], "L3,other,Three,,"]) + "\n")
    find(case, workers=1, progress=silence)
    assert not decided(case, [SENT], dry_run=True).bad, "a table that is not weighed changes no finding"
    changed(case, OTHER_NAME)
    find(case, workers=1, progress=silence)
    (bad,) = decided(case, [SENT]).bad
    assert bad.column == "scope"
    assert bad.why == CHANGED
    today = now().astimezone(ZoneInfo("Asia/Damascus")).date()
    due = row("due", "L2", "2999-01-01")
    (bad,) = decided(case, [due, row("sent", "L2", today.isoformat())], dry_run=True).bad
    assert bad.why == CHANGED, "on that day it may have gone out before they changed, or after"
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert not decided(case, [due, row("sent", "L2", tomorrow)], dry_run=True).bad, "it went out after they had changed"
    assert not decided(case, [{**SENT, "scope": of(case, "L1")["edition"]}]).bad


def test_a_changed_order_of_battle_of_the_case_counts_as_changed_tables_do(case: Path) -> None:
    shutil.copytree(ORBATS / "syria", case / "own orbat")
    settings = case / "case.toml"
    settings.write_text(settings.read_text().replace('orbat = "syria"', 'orbat = "own orbat"'))
    shutil.rmtree(case / ".consilience")
    today = now().astimezone(ZoneInfo("Asia/Damascus")).date()
    rows = [row("due", "L1", "2999-01-01"), row("sent", "L1", today.isoformat())]
    find(case, progress=silence)
    assert not decided(case, rows, dry_run=True).bad
    (case / "own orbat" / "SOURCE.md").write_text("nothing that is weighed")
    find(case, progress=silence)
    assert not decided(case, rows, dry_run=True).bad
    with (case / "own orbat" / "lexicon.csv").open("a") as lexicon:
        lexicon.write("Russian,synthetic word,other,,\n")
    find(case, progress=silence)
    (bad,) = decided(case, rows, dry_run=True).bad
    assert (bad.column, bad.why) == ("scope", CHANGED)


def test_of_an_order_of_battle_that_is_kept_nowhere_nobody_can_tell_when_it_changed(case: Path) -> None:
    shutil.copytree(ORBATS / "syria", case.parent / "elsewhere")
    settings = case / "case.toml"
    settings.write_text(settings.read_text().replace('orbat = "syria"', 'orbat = "../elsewhere"'))
    shutil.rmtree(case / ".consilience")
    find(case, progress=silence)
    (bad,) = decided(case, [row("due", "L1", "2999-02-01"), row("sent", "L1", "2999-01-01")], dry_run=True).bad
    assert (bad.column, bad.why) == ("scope", CHANGED)


def test_what_it_takes_to_name_a_party_is_weighed_and_the_day_of_the_first_run_alone_refuses_nothing(
    case: Path,
) -> None:
    today = now().astimezone(ZoneInfo("Asia/Damascus")).date()
    rows = [row("due", "L1", "2999-01-01"), row("sent", "L1", today.isoformat())]
    find(case, workers=1, progress=silence)
    assert not decided(case, rows, dry_run=True).bad
    settings = case / "case.toml"
    settings.write_text(settings.read_text().replace("reviewers", "attribution_level = 0.99\nreviewers"))
    (bad,) = decided(case, rows).bad
    assert (bad.column, bad.why) == ("scope", CHANGED)


def test_the_title_of_an_incident_stands_in_its_letter_and_in_no_act(case: Path) -> None:
    for name, lines in TITLED.items():
        (case / f"{name}.csv").write_text("\n".join(lines) + "\n")
    assert "Where John Doe was hurt" in _written(case, "L1-en.md")
    assert not decided(case, again(case)).bad
    (said,) = of(case, "L1")["put"]["alleged"]
    assert said == {name: FIRST_PUT[name] for name in ("incident_id", "day", "facility_id", "mode", "parties")}
    assert not [act for act in Vault.open(case).acts() if "John Doe" in str(act.content)]


@pytest.mark.parametrize("scope", ["edition:12", "all of it", "edition:0123456789ABCDEF"])
def test_what_is_no_code_of_an_edition_is_refused(case: Path, scope: str) -> None:
    assert [bad.column for bad in decided(case, [{**SENT, "scope": scope}]).bad] == ["scope"]


def test_what_a_letter_put_is_part_of_its_decision_however_many_incidents_it_puts(case: Path) -> None:
    alleged = [
        Allegation(f"I{number}", date(2017, 4, 2), "Northtown", f"F{number}", "Hospital " * 9, "air strike", ("A", "B"))
        for number in range(10_000)
    ]
    decision = Decision("D1", "sent", "L1", "2020-04-01", "One", date(2020, 4, 1), put=put_of(alleged))
    vault = Vault.open(case)
    recorded = vault.record(DECIDED, acts_of(decision), datetime(2020, 4, 1, tzinfo=UTC))
    assert len(recorded) > 50
    (read,) = [one for one in decisions_in(Vault.open(case).acts()) if one.decision_id == "D1"]
    assert read == decision


def test_what_does_not_give_its_code_is_not_known_for_that_letter_and_ends_nothing_else(case: Path) -> None:
    put = put_of([Allegation("I1", date(2017, 4, 2), site="Hospital one", parties=("A",))])
    first = Decision("D1", "sent", "L1", "2020-04-01", "One", date(2020, 4, 1), put=put)
    second = replace(first, decision_id="D2")
    contents = [content for one in (first, second) for content in acts_of(one)]
    d1, put1, d2, put2 = Vault.open(case).record(DECIDED, contents, datetime(2020, 4, 1, tzinfo=UTC))
    assert decisions_in([d1, put1, d2, put2]) == (first, second)
    broken = replace(put1, content={**put1.content, "alleged": [{"incident_id": "I1", "day": "soon"}]})
    strange = replace(put1, content={**put1.content, "alleged": ["I1"]})
    other = replace(d1, kind="ran", content={})
    unknown = (replace(first, put=Put(put.edition, None)), second)
    for beside in ([], [broken], [strange], [put2], [put1, put1], [other, put1]):
        assert decisions_in([d1, *beside, d2, put2]) == unknown


def test_acts_that_two_runs_wrote_twice_are_read_as_they_were_put(case: Path) -> None:
    decided(case, [SENT])
    vault = Vault.open(case)
    (decision,) = decisions_in(vault.acts())
    vault.record(DECIDED, acts_of(decision), datetime(2020, 5, 1, tzinfo=UTC))
    assert decisions_in(Vault.open(case).acts()) == (decision, decision)
    assert of(case, "L1")["put"]["alleged"] == [FIRST_PUT]
    assert shut(case) == []


def test_rows_that_another_run_recorded_meanwhile_are_found_and_recorded_once(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beaten(folder: Path) -> Vault:
        """Another run of the same rows records them after this one opened the vault."""
        vault = open_vault(folder)
        monkeypatch.setattr(deciding, "open_vault", open_vault)
        assert len(decided(case, [SENT]).recorded) == 1
        return vault

    monkeypatch.setattr(deciding, "open_vault", beaten)
    done = decided(case, [SENT])
    assert (len(done.recorded), len(done.already)) == (0, 1)
    assert len(decisions_in(Vault.open(case).acts())) == 1


def test_the_note_on_editions_says_what_the_letter_that_was_sent_puts(case: Path) -> None:
    _written(case, "L1-en.md")
    decided(case, [SENT])
    changed(case, ONE_MORE)
    put = of(case, "L1")["put"]["edition"]
    assert "Date: (date of sending)" in _written(case, "L1-en.2.md"), "it is another letter that was sent that day"
    note = case.parent / "letters" / "editions.md"
    line = (
        f"the letter that was sent on 2020-04-01, {put}, does not put all that is alleged now; it stays, beside L1-en.2"
    )
    assert line in note.read_text()
    decided(case, [ENOUGH])
    _written(case, "L1-en.2.md")
    assert "does not put all that is alleged now, and counsel decided that it need not; it stays" in note.read_text()
    decided(case, again(case))
    _written(case, "L1-en.3.md")
    assert "does not put" not in note.read_text()


def test_a_case_whose_letters_put_everything_goes_out(sent: Path, tmp_path: Path) -> None:
    changed(sent, OTHER_SITE)
    decided(sent, [*again(sent), *OPEN.values()])
    approve(sent, tmp_path / "out")
    assert tried(sent, tmp_path / "out").reasons == ()


def test_the_terminal_says_what_was_put_and_what_nobody_knows(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("kind,target,value,by,on\nsent,L1,2020-04-01,One,2020-05-01\n")
    said = run("decide", case, file)
    code = of(case, "L1")["edition"]
    assert f"letter L1: put {code}, as the findings are now; if another edition went out, name it in scope" in said
    changed(case, ONE_MORE)
    said = run("letters", case, "--dry-run")
    assert f"sent on 2020-04-01 as {code}, as the findings were when its sending was recorded" in said
    assert "L1: I2 was not put" in said
    assert "which edition was sent, and so what it put, is not known" in said
    said = run("release", case, "--profile", "public", "--out", tmp_path / "out", "--format", "md", "--lang", "en")
    assert "note: letter L2, sent on 2020-04-01: which edition was sent, and so what it put, is not known" in said
    assert "letter L1, sent on 2020-04-01: I2 was not put" in said
    assert "incidents that a letter put" in run("vault", "history", case)


def run(*words: str | Path) -> str:
    """Everything that a command says."""
    return CliRunner().invoke(app, [str(one) for one in words]).output


def _written(case: Path, name: str) -> str:
    letters(case, case.parent / "letters", progress=silence)
    return (case.parent / "letters" / name).read_text()


def _last(case: Path, kind: str) -> str:
    held: Sequence[Decision] = still_held(decisions_in(Vault.open(case).acts()))
    return [one.decision_id for one in held if one.kind == kind][-1]
