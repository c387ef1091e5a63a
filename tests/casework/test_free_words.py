"""Words that somebody wrote for a case go out only as a lawyer has signed them; a release tells what a report does."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from release_examples import COUNSEL, DAY, OPEN, TOML, decided, own_ring, row, silence, tried, write_case

from consilience.casework.release_report import reports, sentence_template
from consilience.casework.releasing import Release

PROSE = "# What was known\n\nIt was on {{incident.I1.date}}, and a commander ordered it.\n"
CONTEXT = (
    "context_id,from,to,area,kind,value_min,value_max,what,source_id,locator\n"
    'C1,2017-04-01,2017-04-30,Northtown,deaths,5,9,people killed by whoever,,"An agency, 4 May 2017"\n'
)
UNSIGNED = "words that were written for this case, and no lawyer has signed them for "


@pytest.fixture(scope="module", autouse=True)
def _known(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_case(tmp_path_factory.mktemp("written") / "case")
    (case / "narrative").mkdir()
    (case / "narrative" / "10-text.en.md").write_text(PROSE)
    (case / "context.csv").write_text(CONTEXT)
    assert not decided(case, list(OPEN.values())).bad
    return case


@pytest.fixture
def case(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "case"))


def would(case: Path) -> Release:
    return tried(case, case.parent / "out", reports=reports, dry_run=True)


def unsigned(case: Path) -> list[str]:
    return [one for one in would(case).reasons if UNSIGNED in one]


def sign_everything(case: Path) -> None:
    """The lawyer signs every sentence of the edition on both grounds."""
    file = case.parent / "signs.csv"
    sentence_template(case, file, "public", ["en"], workers=1, progress=silence)
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    signed = [{**one, "value": one["asked"].split()[2].strip(","), "by": COUNSEL, "on": DAY} for one in rows]
    assert not decided(case, signed).bad


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("narrative/10-text.en.md", "a commander", "General Example"),
        ("narrative/10-text.en.md", "What was known", "What General Example did"),
        ("context.csv", "by whoever", "by General Example"),
    ],
)
def test_words_of_ones_own_need_a_lawyers_sign_off_and_another_once_they_change(
    case: Path, file: str, old: str, new: str
) -> None:
    grounds = [one.rpartition(" ")[2] for one in unsigned(case)]
    assert grounds == ["defamation", "risk"], "a finding's sign-off is not of the words round it"
    assert all("2 sentences" in one for one in unsigned(case))
    sign_everything(case)
    assert all(one.startswith("approved by 0") for one in would(case).reasons)
    text = (case / file).read_text()
    assert old in text
    (case / file).write_text(text.replace(old, new))
    again = unsigned(case)
    assert len(again) == 2
    assert all(", sentence " in one for one in again)


def test_a_release_tells_of_replies_in_part_and_of_what_they_contest(case: Path) -> None:
    decided(
        case,
        [
            row("reply", "L1", "partial", on="2020-04-10"),
            row("reply_effect", "I1", "contested", reason="it denies", scope="L1", on="2020-04-11"),
        ],
    )
    done = would(case)
    assert done.candidate is not None
    (text,) = [file.read_text() for file in done.candidate.rglob("report-public-en.md")]
    assert "replied to a part of the letter on 10 April 2020" in text
    assert "contests, in a reply to our letter, what is said here of this attack" in text


def test_approvers_are_told_that_fewer_persons_must_review_than_before(case: Path) -> None:
    assert not [one for one in would(case).notes if "review" in one]
    (case / "case.toml").write_text(TOML.replace("reviewers = 2", "reviewers = 1"))
    assert "case.toml asked for 2 persons to review each finding, and asks for 1 now" in would(case).notes
