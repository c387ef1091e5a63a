"""Our own cases pass through the public profile. Every person and decision here is synthetic and named so."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from case_copies import APRIL, OFFENSIVE, copy_case
from consilience.casework.deciding import decide_from
from consilience.casework.decision_rows import TEMPLATE_COLUMNS
from consilience.casework.release_report import OF_FREE_WORDS, reports, sentence_template
from consilience.casework.release_state import Built
from consilience.casework.releasing import Release
from consilience.casework.releasing import release as release_case
from consilience.casework.replying import letters
from consilience.casework.reviewing import review, write_template
from consilience.records.replies import Standing
from consilience.vault.keyring import initialise

FIRST, SECOND, COUNSEL = "Synthetic Reviewer One", "Synthetic Reviewer Two", "Synthetic Counsel"

Row = Mapping[str, str]


@pytest.fixture(scope="module", autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("ring") / "keys"
        initialise(folder, "synthetic/signer")
        patch.setenv("CONSILIENCE_KEYS", str(folder))
        yield folder


def silence(stage: str, done: int, total: int) -> None:
    """Progress that nobody sees."""


def row(kind: str, target: str, value: str, by: str, on: str, reason: str = "") -> Row:
    return {"kind": kind, "target": target, "value": value, "by": by, "on": on, "reason": reason}


def decide(case: Path, rows: Sequence[Row]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, TEMPLATE_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    file = case.parent / "decisions.csv"
    file.write_text(out.getvalue())
    assert not decide_from(case, file, progress=silence).bad


def filled(template: Path, on: str) -> list[Row]:
    """What `review --out` asks for, decided by synthetic persons."""
    with template.open() as stream:
        asked = list(csv.DictReader(stream))
    assert not any(one["value"] for one in asked), "whoever saves it unread decides nothing"
    grounds: dict[str, list[str]] = {}
    for one in asked:
        if one["kind"] == "sign_off":
            grounds.setdefault(one["target"], ["risk", "defamation"])
    return [
        {**one, "by": FIRST, "on": on, "value": "reviewed"} if one["kind"] == "review"
        else {**one, "by": COUNSEL, "on": on, "value": grounds[one["target"]].pop(0)}
        for one in asked
    ]  # fmt: skip


def words_signed(case: Path, on: str) -> list[Row]:
    """What was written for the case, prose and context, signed sentence by sentence in both languages."""
    file = case.parent / "signs.csv"
    sentence_template(case, file, "public", ("en", "ar"), workers=1, progress=silence)
    asked = csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))
    free = [one for one in asked if one["asked"].endswith(OF_FREE_WORDS)]
    return [{**one, "by": COUNSEL, "on": on, "value": one["asked"].split()[2].strip(",")} for one in free]


def release(case: Path, out: Path, *, dry_run: bool = False) -> Release:
    return release_case(
        case, "public", out, reports, formats=("html",), languages=("en", "ar"), dry_run=dry_run, progress=silence
    )  # fmt: skip


def settled(name: str, day: str) -> list[Row]:
    """How the right of reply is settled in each case."""
    if name == OFFENSIVE:
        return [row("due", letter, "2020-04-29", FIRST, day) for letter in ("L01", "L02", "L03")]
    why = "synthetic: letters are out of place in a test"
    return [row("not_sought", party, "", COUNSEL, day, why) for party in ("Syrian", "Russian")]


def test_april_is_shut_before_anybody_decided_and_opens_once_two_persons_approved(tmp_path: Path) -> None:
    shut_then_open(APRIL, "2017-06-29", tmp_path)


def shut_then_open(name: str, day: str, tmp_path: Path) -> Path:
    """Every gate from shut to open; gives the case as it is then."""
    case, out = copy_case(name, tmp_path / name), tmp_path / "out"
    asked = tmp_path / "open.csv"
    write_template(review(case, progress=silence), asked)
    shut = release(case, out)
    assert any(one.endswith(": not reviewed") for one in shut.reasons)
    decide(case, [*filled(asked, day), *settled(name, day)])
    decide(case, words_signed(case, day))
    unapproved = release(case, out, dry_run=True)
    assert len(unapproved.reasons) == 1, unapproved.reasons
    assert unapproved.reasons[0].startswith("approved by 0 of 2 persons")
    content = str(unapproved.content)
    decide(case, [row("publish", "public", content, by, day) for by in (FIRST, SECOND)])
    assert release(case, out).reasons == ()
    assert {
        "manifest.json",
        "manifest.sig",
        "release-note-ar.md",
        "release-note-en.md",
        "report",
        "tables",
        "map.geojson",
    } == {path.name for path in out.iterdir()}
    return case


def test_the_offensive_is_shut_by_its_letters_until_each_has_a_deadline_or_a_signed_reason(tmp_path: Path) -> None:
    day = "2020-05-03"
    case = shut_then_open(OFFENSIVE, day, tmp_path / "open")
    fresh = copy_case(OFFENSIVE, tmp_path / "shut")
    shutil.copytree(case / ".consilience" / "cache", fresh / ".consilience" / "cache")
    told = letters(fresh, tmp_path / "letters", progress=silence)
    assert told.standings == (Standing.NO_DEADLINE, Standing.NO_DEADLINE, Standing.NOT_SENT)
    assert told.sentences[0] == (
        "A letter was sent to Syrian government forces on 15 April 2020; "
        "no response had been received as of 4 May 2020."
    )

    def shut_by_letters() -> list[str]:
        done = release_case(
            fresh, "public", tmp_path / "out", lambda *_: Built({}, ()), formats=(), languages=(), progress=silence
        )  # fmt: skip
        return [one for one in done.reasons if one.startswith("letter")]

    assert shut_by_letters() == [
        "letter L01: has no deadline",
        "letter L02: has no deadline",
        "letter L03: has no date of sending and no deadline",
    ]
    slip = {**row("due", "L02", "2020-05-04", FIRST, day), "decision_id": "slip"}
    decide(fresh, [row("due", "L01", "2020-04-29", FIRST, day), slip])
    assert shut_by_letters() == [
        "letter L02: its deadline, 2020-05-04, is not over at as_of 2020-05-04",
        "letter L03: has no date of sending and no deadline",
    ]
    why = "synthetic: writing to it would endanger whoever carries the letter"
    decide(fresh, [row("due", "L02", "2020-04-29", FIRST, day), row("not_sought", "L03", "", COUNSEL, day, why)])
    (shorter,) = shut_by_letters()
    assert "its deadline was 2020-05-04 once it was sent, and is 2020-04-29 now" in shorter
    decide(fresh, [row("withdraw", "slip", "", FIRST, day, "synthetic: that day was never granted")])
    assert shut_by_letters() == []
