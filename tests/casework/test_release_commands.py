"""review, decide, letters, release and correct as a user meets them: streams, exit codes, files that are left alone."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from release_examples import silence
from small_folder import write_small_case
from typer.testing import CliRunner, Result

from consilience.casework import decision_templates
from consilience.casework.decision_tables import rows_named
from consilience.casework.reporting import ready
from consilience.cli.main import app
from consilience.errors import UsageError
from progress_lines import complaints_in

TOML = """\
[case]
id = "small"
title = "A small synthetic case"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]
as_of = 2020-05-04
"""


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_small_case(
        tmp_path_factory.mktemp("cli") / "case",
        {"letters": ["letter_id,party,addressee,sent_on,due_on", "L1,Syrian,Synthetic Office,2020-04-01,2020-04-20"]},
        TOML,
    )
    assert run("review", case).exit_code == 0
    return case


@pytest.fixture
def case(weighed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weighed, tmp_path / "case"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_decide_takes_good_rows_names_bad_ones_on_stderr_and_exits_with_8(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("kind,target,value,by,on\nreview,I1,reviewed,One,2020-05-01\nreview,I7,reviewed,One,2020-05-01\n")
    done = run("decide", case, file)
    assert (done.exit_code, done.stdout) == (8, "1 recorded, 0 recorded before, 1 bad\n")
    assert done.stderr == "d.csv, row 3, column target: names no incident of this case\n"
    again = json.loads(run("decide", case, file, "--json").stdout)
    assert (again["recorded"], len(again["already"]), again["bad"][0]["row"]) == ([], 1, 3)


def test_review_tells_the_status_and_writes_what_is_open(case: Path, tmp_path: Path) -> None:
    told = json.loads(run("review", case, "--json").stdout)
    assert told[0]["incident_id"] == "I1"
    assert told[0]["status"] == "draft"
    assert "not reviewed" in told[0]["open"]
    done = run("review", case, "--out", tmp_path / "open.csv")
    assert (tmp_path / "open.csv").read_text().splitlines()[1].startswith(",review,I1,,,")
    assert "consilience decide" in done.stdout
    (tmp_path / "open.csv").write_text("filled in by somebody")
    refused = run("review", case, "--out", tmp_path / "open.csv").exception
    assert "is there already" in str(refused)
    assert "was left as it is" in str(refused)
    (tmp_path / "open.csv").unlink()
    assert run("review", case, "--out", tmp_path / "open.csv").exit_code == 0
    unread = run("decide", case, tmp_path / "open.csv")
    told = "0 recorded, 0 recorded before, 0 bad, 2 left open\n"
    where = "left open, since no value is filled in: open.csv, rows 2 to 3\n"
    assert (unread.exit_code, unread.stdout) == (0, told + where)


def test_whatever_is_made_of_a_case_says_first_what_was_left_out_of_it(case: Path, tmp_path: Path) -> None:
    """A letter whose deadline can't be read is in no letter, calendar or gate: nobody may learn that by its absence."""
    with (case / "letters.csv").open("a") as table:
        table.write("L2,Russian,Synthetic Office,2020-04-01,2020-04-31\n")
    (tmp_path / "d.csv").write_text("kind,target,value,by,on\n")
    for told in (
        run("letters", case, "--dry-run"),
        run("review", case),
        run("decide", case, tmp_path / "d.csv"),
        run("report", case, "--format", "md", "--out", tmp_path / "report"),
    ):
        assert told.exit_code == 0, told.stderr
        first, second = told.stderr.splitlines()[:2]
        assert first == "Left out: 1"
        assert second.startswith("  letters.csv, row 3, column due_on: bad time '2020-04-31'")
    assert run("letters", case, "--json", "--dry-run").stdout.startswith("{"), "what programs read is not mixed with it"


def test_rows_are_named_by_their_runs() -> None:
    assert rows_named((4,)) == "row 4"
    assert rows_named((9, 2, 3, 4, 7)) == "rows 2 to 4, 7, 9"


def test_review_writes_a_sign_off_for_each_sentence(case: Path, tmp_path: Path) -> None:
    done = run("review", case, "--sentences", tmp_path / "s.csv", "--lang", "en")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.rstrip().endswith(f"consilience decide {case} {tmp_path / 's.csv'}")
    with (tmp_path / "s.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 10
    assert {(one["kind"], one["value"], one["by"]) for one in rows} == {("sign_off", "", "")}
    assert all(one["target"].startswith("public/en/") and one["words"] and one["scope"] for one in rows)
    assert not any(one["reason"] for one in rows), "words in the ledger can't be taken out when a source withdraws"
    assert len({tuple(one.values()) for one in rows}) == len(rows), "each says what it is for"
    assert {one["asked"] for one in rows} == {"sign-off for defamation", "sign-off for risk"}


def test_a_template_in_several_files_names_the_command_for_each(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_templates, "MOST_BYTES", 12_000)
    done = run("review", case, "--sentences", tmp_path / "s.csv", "--lang", "en")
    parts = sorted(tmp_path.glob("s.part-*.csv"), key=lambda file: int(file.stem.rpartition("-")[2]))
    assert len(parts) > 2
    first, *commands = done.stdout.splitlines()
    assert f"rows in {len(parts)} files" in first
    assert commands == [f"consilience decide {case} {file}" for file in parts]
    assert run("decide", case, parts[-1]).exit_code == 0


def test_files_that_an_earlier_template_left_are_named_and_stay(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as small:
        small.setattr(decision_templates, "MOST_BYTES", 600)
        assert run("review", case, "--out", tmp_path / "o.csv").exit_code == 0
    parts = sorted(tmp_path.glob("o.part-*.csv"))
    assert [one.name for one in parts] == ["o.part-1.csv", "o.part-2.csv"]
    parts.append(tmp_path / "o.part-10.csv")
    parts[1].write_text(parts[1].read_text().replace(",,,,,finding", ",,Reviewer One,,,finding"))
    parts[2].write_text("not a template")
    before = [one.read_bytes() for one in parts]
    old = "no part of this template but of an earlier one, it seems"
    done = run("review", case, "--out", tmp_path / "o.csv", "--json")
    assert done.exit_code == 0
    json.loads(done.stdout)
    assert complaints_in(done.stderr).splitlines() == [
        f"{parts[0]}: {old}; nobody has filled it in: delete it if it is needed no more",
        *(
            f"{one}: {old}; somebody has changed it; what still holds is recorded by: consilience decide {case} {one}"
            for one in parts[1:]
        ),
    ]
    assert [one.read_bytes() for one in parts] == before
    for one in parts:
        one.unlink()
    assert complaints_in(run("review", case, "--out", tmp_path / "o.csv").stderr) == ""
    monkeypatch.setattr(decision_templates, "MOST_BYTES", 600)
    assert f"{tmp_path / 'o.csv'}: {old}" in run("review", case, "--out", tmp_path / "o.csv").stderr


def test_where_one_file_of_a_template_holds_other_words_none_is_written(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_templates, "MOST_BYTES", 600)
    (tmp_path / "o.part-2.csv").write_text("somebody's work")
    done = run("review", case, "--out", tmp_path / "o.csv")
    assert done.exit_code != 0
    assert [one.name for one in tmp_path.glob("o.*")] == ["o.part-2.csv"]


def test_letters_are_written_beside_the_case_and_an_edited_one_is_left_alone(case: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case-letters"
    assert run("letters", case, "--dry-run").exit_code == 0
    assert not folder.exists()
    assert run("letters", case, "--lang", "en,ar").exit_code == 0
    assert {path.name for path in folder.iterdir()} == {
        "L1-en.md", "L1-ar.md", "deadlines.ics", "editions.json", "editions.md",
    }  # fmt: skip
    (folder / "L1-en.md").write_text("edited by hand")
    done = run("letters", case, "--lang", "en")
    assert (folder / "L1-en.md").read_text() == "edited by hand"
    assert "left as it is" in done.stderr


def test_a_language_without_letters_is_exit_2(case: Path) -> None:
    assert run("letters", case, "--lang", "xx").exit_code != 0


def test_release_prints_every_reason_on_a_line_of_its_own_and_exits_with_7(case: Path, tmp_path: Path) -> None:
    done = run("release", case, "--profile", "public", "--out", tmp_path / "out", "--format", "md", "--lang", "en,ar")
    assert done.exit_code == 7
    assert complaints_in(done.stderr) == "", "whoever keeps the output in a file keeps the reasons too"
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("no content to approve yet"))
    reasons, mends = zip(*(line.split(". Mend: ") for line in lines[:at]), strict=True)
    assert "I1: not reviewed" in reasons
    mend = f"consilience review {case} --out open.csv, fill it in, consilience decide {case} open.csv"
    assert mends[reasons.index("I1: not reviewed")] == mend
    mended = dict(zip(reasons, mends, strict=True))
    waiting = {
        tongue: [mended[one] for one in reasons if f"document in '{tongue}', " in one] for tongue in ("en", "ar")
    }
    assert mend in waiting["en"]
    assert waiting["en"] == waiting["ar"], "what mends a mark does not hang on the language of its words"
    assert any(one.startswith("there is no signing key") for one in reasons)
    assert not (tmp_path / "out").exists()
    told = json.loads(
        run(
            "release",
            case,
            "--profile",
            "public",
            "--out",
            tmp_path / "out",
            "--format",
            "md",
            "--lang",
            "en,ar",
            "--json",
        ).stdout
    )
    assert (told["reasons"], told["mends"]) == (list(reasons), list(mends))
    assert told["released"] is False


def test_correct_without_releases_says_so(case: Path) -> None:
    assert run("correct", case).stdout == "0 corrections, 0 releases\n"
    assert json.loads(run("correct", case, "--json").stdout)["releases"] == []


def test_a_draft_of_the_report_knows_what_was_reviewed_and_what_was_decided_of_letters(
    case: Path, tmp_path: Path
) -> None:
    before = ready(case, workers=1, progress=silence)
    assert before.reviews == {"I1": "draft"}
    file = tmp_path / "d.csv"
    file.write_text("kind,target,value,by,on\nreview,I1,reviewed,One,2020-05-01\ndue,L1,2020-04-25,One,2020-05-01\n")
    assert run("decide", case, file).exit_code == 0
    after = ready(case, workers=1, progress=silence)
    assert after.reviews == {"I1": "reviewed"}
    due = after.found.records.tables["letters"]["due_on_lo"][0]
    assert due.astimezone(after.found.records.settings.zone).date().isoformat() == "2020-04-25"


def test_an_option_beside_one_that_does_something_else_is_refused_and_nothing_is_written(case: Path) -> None:
    sentences, out = case.parent / "s.csv", case.parent / "out"
    for given in (("review", case, "--sentences", sentences, "--out", out),
                  ("review", case, "--sentences", sentences, "--json"),
                  ("correct", case, "--compare", case, case, "--out", out)):  # fmt: skip
        refused = run(*given).exception
        assert isinstance(refused, UsageError)
        assert f"does not take {'--json' if given[-1] == '--json' else '--out'}" in str(refused)
    assert not sentences.exists()
    assert not out.exists()
