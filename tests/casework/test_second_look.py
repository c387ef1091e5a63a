"""Whoever withdraws while something is being made from the case is in nothing that is put in place afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from release_examples import OPEN, approve, decided, own_keys, tried, write_case
from sealed_folder import own_keys as own_ring
from sealed_folder import write_sealed_case

from case_copies import bytes_below
from consilience.casework import pipeline, releasing, reporting
from consilience.casework.pipeline import Found, run_case
from consilience.casework.release_state import Built
from consilience.casework.releasing import Reports
from consilience.casework.reporting import ready, report_case
from consilience.casework.situating import situate_case
from consilience.casework.withdrawal import withdraw
from consilience.errors import UsageError
from consilience.publish.profiles import Profile
from consilience.publish.restricted import write_restricted
from consilience.publish.writing import write_output
from consilience.records.consent import agreeing_interviews
from consilience.vault.acts import PUBLISHED
from consilience.vault.keyring import Keyring
from consilience.vault.store import Vault

P = ParamSpec("P")
T = TypeVar("T")


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    return own_ring(tmp_path / "keys", monkeypatch)


def _then(job: Callable[P, T], act: Callable[[], object]) -> Callable[P, T]:
    """The job, and somebody else's act as soon as it is done, once."""
    acts = [act]

    def both(*args: P.args, **named: P.kwargs) -> T:
        result = job(*args, **named)
        while acts:
            acts.pop()()
        return result

    return both


def _silence(stage: str, done: int, total: int) -> None:
    """Nobody is told."""


@pytest.mark.parametrize("step", [situate_case, write_restricted])
def test_a_run_that_was_under_way_or_being_written_leaves_no_findings(
    tmp_path: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch, step: Callable[..., object]
) -> None:
    case = write_sealed_case(tmp_path / "case")
    monkeypatch.setattr(pipeline, step.__name__, _then(step, lambda: withdraw(case, "W1", keys)))
    with pytest.raises(UsageError, match="withdrawn"):
        run_case(case, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    if step is situate_case:
        assert set(bytes_below(case / ".consilience" / "cache")) == {"sealed-here.json"}


@pytest.mark.parametrize("by", ["ledger", "table"])
def test_a_draft_that_was_being_written_leaves_the_older_one(
    tmp_path: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    case = write_sealed_case(tmp_path / "case")

    def draft() -> None:
        report_case(case, None, profile="partner", forms=("md",), tongues=("en",), workers=1, progress=_silence)

    draft()
    before = bytes_below(tmp_path / "case-report")
    act = (lambda: withdraw(case, "W1", keys)) if by == "ledger" else (lambda: _narrow(case))
    monkeypatch.setattr(reporting, "write_output", _then(write_output, act))
    with pytest.raises(UsageError, match="agreed to"):
        draft()
    assert bytes_below(tmp_path / "case-report") == before
    draft()
    is_other = bytes_below(tmp_path / "case-report") != before
    assert is_other is (by == "ledger"), "partners read the same of who agrees to courts instead of the public"


def _narrow(case: Path) -> None:
    table = case / "interviews.csv"
    table.write_text(table.read_text("utf-8").replace("analysis;public", "analysis;court", 1), "utf-8")


@pytest.mark.parametrize("by", ["ledger", "table"])
def test_a_release_that_was_being_written_is_neither_there_nor_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    own_keys(tmp_path / "keys")
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))
    case, out = write_case(tmp_path / "case"), tmp_path / "out"
    assert not decided(case, list(OPEN.values())).bad
    approve(case, out)
    act = (lambda: withdraw(case, "W1", Keyring.open(tmp_path / "keys"))) if by == "ledger" else (lambda: _narrow(case))
    monkeypatch.setattr(releasing, "write_output", _then(write_output, act))
    with pytest.raises(UsageError, match="agreed to"):
        tried(case, out)
    assert not out.exists()
    assert not [one for one in Vault.open(case).acts() if one.kind == PUBLISHED]


def test_a_release_asks_for_consent_on_its_own_day_and_a_draft_on_that_of_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case speaks as of 2020, when the consent of V1 still held."""
    own_keys(tmp_path / "keys")
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))
    case = write_case(tmp_path / "case")
    table = case / "interviews.csv"
    table.write_text(table.read_text("utf-8").replace("2030-01-01", "2021-01-01"), "utf-8")
    made = ready(case, workers=1, progress=_silence)
    assert made.found.records.settings.as_of == date(2020, 5, 4)
    assert "V1" in agreeing_interviews(made.found.records, "public")
    built = tried(case, tmp_path / "out", dry_run=True)
    assert [one for one in built.reasons if "expired" in one]
    seen: list[frozenset[str]] = []
    tried(case, tmp_path / "out", reports=_looking(seen), dry_run=True)
    assert seen == [frozenset()]


def _looking(seen: list[frozenset[str]]) -> Reports:
    """A report that says nothing, and notes which interviews may be shown in it."""

    def built(found: Found, profile: Profile, *_: object) -> Built:
        seen.append(agreeing_interviews(found.records, profile.consent))
        return Built({}, ())

    return built
