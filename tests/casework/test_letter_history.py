"""What the table of letters said stands on record, and how a slip of the pen is taken back; replies are weighed.

That each way of unsaying shuts a release is held by test_release_gates.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from put_examples import ONE_MORE, changed
from release_examples import COUNSEL, OPEN, SECOND, TABLES, Row, decided, own_ring, row, tried, write_case

from consilience.casework.bound_decisions import decisions_of
from consilience.vault.store import Vault

HEADER, FIRST_LETTER, SECOND_LETTER = TABLES["letters"]
REPLIED = [HEADER + ",replied_on", FIRST_LETTER + ",2020-04-10", SECOND_LETTER + ","]
LONGER = [HEADER, FIRST_LETTER.replace("2020-04-20", "2029-04-20"), SECOND_LETTER]
ELSEWHERE = [HEADER, FIRST_LETTER, SECOND_LETTER.replace("Addressee Two", "Addressee Three")]


@pytest.fixture(scope="module", autouse=True)
def _known(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_case(tmp_path_factory.mktemp("weighed") / "case")
    assert not decided(case, list(OPEN.values())).bad
    return case


@pytest.fixture
def case(weighed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weighed, tmp_path / "case"))


def written(case: Path, lines: list[str]) -> None:
    """The table of letters says this, and a run sees it."""
    (case / "letters.csv").write_text("\n".join(lines) + "\n")
    decided(case, [])


def shut(case: Path) -> list[str]:
    """Why letters shut the release."""
    return [one for one in tried(case, case.parent / "out", dry_run=True).reasons if one.startswith("letter ")]


def taken_back(case: Path, one: Row) -> None:
    """Just that is decided, and withdrawn."""
    (done,) = decided(case, [one]).recorded
    assert not decided(case, [row("withdraw", done.decision_id, reason="a slip of the pen")]).bad


@pytest.mark.parametrize(
    ("slip", "claim"),
    [
        (REPLIED, row("reply", "L1", "full", on="2020-04-10")),
        (LONGER, row("due", "L1", "2029-04-20")),
        ([HEADER, FIRST_LETTER.replace("04-01", "04-02"), SECOND_LETTER], row("sent", "L1", "2020-04-02")),
    ],
)
def test_a_slip_of_the_pen_is_taken_back_by_deciding_it_and_withdrawing_that(
    case: Path, slip: list[str], claim: Row
) -> None:
    written(case, slip)
    written(case, list(TABLES["letters"]))
    assert len(shut(case)) == 1
    taken_back(case, claim)
    assert shut(case) == []


def test_spelling_is_no_other_addressee_and_a_shorter_time_after_another_sending_is_none_under_the_first(
    case: Path,
) -> None:
    written(case, [HEADER, FIRST_LETTER, SECOND_LETTER.replace("Addressee Two", " addressee  TWO")])
    assert shut(case) == []
    assert not decided(case, [row("due", "L1", "2020-04-15"), row("sent", "L1", "2020-04-10")]).bad
    assert shut(case) == []


def test_of_a_row_turned_to_another_addressee_nothing_is_decided_again_before_it_is_withdrawn(case: Path) -> None:
    sent = row("sent", "L2", "2020-04-01")
    (first,) = decided(case, [sent]).recorded
    written(case, ELSEWHERE)
    done = decided(case, [sent])
    assert [bad.column for bad in done.bad] == ["target"]
    assert not decided(case, [row("withdraw", first.decision_id, reason="it went to another")]).bad
    (again,) = decided(case, [{**sent, "by": SECOND}]).recorded
    assert shut(case) == []
    kept = {one.decision_id: one for one in decisions_of(Vault.open(case))}
    assert kept[first.decision_id].bound_parts != kept[again.decision_id].bound_parts
    acts = [str(act.content) for act in Vault.open(case).acts()]
    assert not any("Addressee" in one for one in acts), "whom a letter went to stands in no act"


def test_one_row_may_say_of_several_incidents_what_a_reply_changes(case: Path) -> None:
    changed(case, ONE_MORE)
    reply, effect = row("reply", "L1", "full"), row("reply_effect", "I1; I2", "contested", reason="denies", scope="L1")
    done = decided(case, [reply, effect])
    assert [one.target for one in done.recorded] == ["L1", "I1", "I2"]
    assert not [one for one in shut(case) if "has a reply" in one]
    assert [one.target for one in decided(case, [effect]).already] == ["I1", "I2"]
    assert [bad.row for bad in decided(case, [{**effect, "target": "I1; I9"}]).bad] == [2]


def test_counsel_may_decide_that_another_name_need_not_be_put(case: Path) -> None:
    decided(case, [row("sent", "L1", "2020-04-01")])
    with (case / "case.toml").open("a") as file:
        file.write('[party_labels]\nSyrian = "Government forces"\n')
    assert any("under other names" in one for one in shut(case))
    decided(case, [row("put_enough", "L1", by=COUNSEL, reason="it calls itself so")])
    assert shut(case) == []
