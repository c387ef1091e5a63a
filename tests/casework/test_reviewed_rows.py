"""A review is of what the finding rests on as it was read: a row that changes under it ends it, and is named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from earlier_decisions_acts import old_content
from release_examples import COUNSEL, OPEN, TABLES, approve, decided, own_keys, row, silence, tried, write_case

from consilience.casework.acting_time import now
from consilience.casework.bound_decisions import decisions_of
from consilience.casework.decisions_of_case import ROWS
from consilience.casework.keys import open_vault
from consilience.casework.pipeline import find
from consilience.casework.reviewing import FindingStatus, review, write_template
from consilience.records.decisions import REVIEW
from consilience.vault.acts import DECIDED
from consilience.vault.store import Vault

ACCOUNTS = [
    TABLES["accounts"][0],
    "A1,I1,W1,V1,2017-04-02T10:05,minute,F1,barrel bomb,1,6",
    "A2,I1,W2,,2017-04-02T10:10,about,F1,barrel bomb,2,5",
]
"""The range of the finding, 1 to 6, is the first account's: the second may say another most, the block stays."""
MORE = {
    "incidents": ["incident_id,title,facility_id,window_start,window_end", "I1,A clinic was hit,F1,,"],
    "published": ["incident_id,by,party,strength", "I1,A synthetic group,Syrian,likely"],
}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("ring") / "keys"
        own_keys(folder)
        patch.setenv("CONSILIENCE_KEYS", str(folder))
        case = write_case(tmp_path_factory.mktemp("reviewed") / "case", {**MORE, "accounts": ACCOUNTS})
        assert not decided(case, list(OPEN.values())).bad
        yield case


@pytest.fixture
def case(reviewed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(reviewed, tmp_path / "case"))


def replaced(case: Path, table: str, was: str, is_now: str) -> None:
    file = case / f"{table}.csv"
    text = file.read_text()
    assert text.count(was) == 1
    file.write_text(text.replace(was, is_now))


def status(case: Path) -> FindingStatus:
    return review(case, progress=silence)[0]


def test_what_nobody_touched_stays_reviewed_and_signed(case: Path) -> None:
    one = status(case)
    assert (one.changed, one.open, len(one.by), one.signed) == ((), (), 2, ("defamation", "risk"))
    note = (case / "sources.csv").read_text().replace("behind the old mill", "behind the new mill")
    (case / "sources.csv").write_text(note)
    assert status(case).open == (), "a private note is no part of what is read"


@pytest.mark.parametrize(
    ("table", "was", "is_now", "named"),
    [
        ("accounts", "barrel bomb,2,5", "barrel bomb,2,4", "evidence A2"),
        ("facilities", "Hospital one", "Hospital of another name", "row facilities F1"),
        ("published", "likely", "confirmed", "row published I1"),
        ("sources", "W2,medical_worker", "W2,teacher", "row sources W2"),
    ],
)  # fmt: skip
def test_a_row_that_changes_under_the_same_finding_shuts_the_gate_and_is_named(
    case: Path, tmp_path: Path, table: str, was: str, is_now: str, named: str
) -> None:
    before = find(case, progress=silence).findings["incidents"]
    replaced(case, table, was, is_now)
    assert find(case, progress=silence).findings["incidents"] == before, "the finding's own block says the same"
    one = status(case)
    assert (one.changed, one.by, one.signed) == ((named,), (), ())
    assert f"reviewed on a finding that has changed: {named}" in one.open
    why = tried(case, tmp_path / "out").reasons
    assert f"I1: reviewed on a finding that has changed: {named}" in why
    assert f"I1: sign-off for risk was given on a finding that has changed: {named}" in why
    replaced(case, table, is_now, was)
    assert status(case).open == (), "as it was again, it was read"


def test_after_approvals_too_no_release_goes_out_on_a_row_that_nobody_reviewed(case: Path, tmp_path: Path) -> None:
    approve(case, tmp_path / "out")
    replaced(case, "accounts", "barrel bomb,2,5", "barrel bomb,2,4")
    done = tried(case, tmp_path / "out")
    assert done.manifest is None
    assert "I1: reviewed on a finding that has changed: evidence A2" in done.reasons


def test_a_template_that_was_written_before_a_row_changed_is_refused_and_a_new_one_is_taken(
    case: Path, tmp_path: Path
) -> None:
    stale = status(case).scope
    replaced(case, "accounts", "barrel bomb,2,5", "barrel bomb,2,4")
    (bad,) = decided(case, [row("review", "I1", "reviewed", scope=stale, on="2020-05-02")]).bad
    assert bad.column == "scope"
    assert write_template([status(case)], tmp_path / "todo.csv").rows == 3
    scope = status(case).scope
    assert scope != stale
    again = [{**one, "scope": scope, "on": "2020-05-02"} for one in OPEN.values()]
    assert not decided(case, again).bad
    assert status(case).open == ()


def test_a_review_of_an_earlier_version_says_that_its_rows_are_not_on_record(case: Path) -> None:
    """It kept the block's parts and the evidence: of the other rows nobody knows what they said."""
    vault = Vault.open(case)
    given = [one for one in decisions_of(vault) if one.kind == REVIEW]
    decided(case, [row("withdraw", one.decision_id, reason="anew", by=COUNSEL) for one in given])
    old = []
    for one in given:
        kept = {name: said for name, said in (one.bound_parts or {}).items() if name != ROWS and "row:" not in name}
        assert any(name.startswith("evidence:") for name in kept)
        old.append(old_content(replace(one, decision_id=f"old-{one.decision_id}", bound_parts=kept)))
    open_vault(case).record(DECIDED, old, now())
    stands = status(case)
    assert (stands.by, stands.changed, stands.status) == ((), (), "reviewed")
    (why,) = stands.open
    assert why.startswith("reviewed on a finding that may have changed: an earlier version did not record")
    replaced(case, "accounts", "barrel bomb,2,5", "barrel bomb,2,4")
    assert "reviewed on a finding that has changed: evidence A2" in status(case).open
