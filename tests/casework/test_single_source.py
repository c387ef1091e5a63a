"""A single name is said to hang on one source exactly where it is gone without it; copies count with their original."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_folder import CASE_TOML, write_small_case

from consilience.casework.explain import explain
from consilience.casework.pipeline import run_case
from consilience.casework.single_source import with_carrier
from consilience.casework.situating import situate_case
from consilience.casework.weighed_store import from_bytes, to_bytes
from consilience.conclude.sensitivity import conclusion_of
from consilience.corroborate.probe import Prober
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.readings.case_folder import read_case
from consilience.records.sensitivity import Carried

LEVEL = 0.8
"""One who saw markings (likelihood ratio 8) is above it, and so are two; nobody else says anything of the party."""


def _case(folder: Path, witnesses: dict[str, str], depends_on: dict[str, str], settings: str = "") -> Path:
    """A case without a log in which each witness saw the markings of a party; each has a time of his own."""
    accounts = [
        f"A{k},I1,{name},saw,2017-04-10T14:{7 * k:02d},about,F1,air strike,{party},saw_markings"
        for k, (name, party) in enumerate(witnesses.items())
    ]
    sources = [f"{name},direct_witness,{depends_on.get(name, '')}" for name in witnesses]
    head = "account_id,incident_id,source_id,perception,time,time_precision,facility_id,mode,party,party_basis"
    changes = {
        "accounts": [head, *accounts],
        "sources": ["source_id,role,depends_on", *sources],
        "media": None,
        "coverage": None,
        "sightings": None,
    }
    toml = f'{CASE_TOML}orbat = "syria"\nattribution_level = {LEVEL}\n{settings}'
    return write_small_case(folder / "case", changes, toml)


def _carried(folder: Path, witnesses: dict[str, str], depends_on: dict[str, str] | None = None) -> Carried | None:
    """On whom the name hangs."""
    case = _case(folder, witnesses, depends_on or {})
    evidence = situate_case(read_case(case), case).evidence
    logs = fit_logs(evidence)
    (one,) = weigh_incidents(evidence, logs)
    asked = with_carrier(one, Prober(evidence, logs, conclusion_of(evidence.settings)), evidence.settings)
    assert from_bytes(to_bytes([asked]))[0].carried == asked.carried, "it survives being kept"
    return asked.carried


@pytest.mark.parametrize("party", ["Syrian", "Russian"])
def test_the_only_one_who_names_a_party_carries_the_name(party: str, tmp_path: Path) -> None:
    assert _carried(tmp_path, {"W1": party}) == Carried("W1")


def test_two_who_name_it_independently_carry_it_between_them(tmp_path: Path) -> None:
    assert _carried(tmp_path, {"W1": "Russian", "W2": "Russian"}) == Carried(None)


def test_a_copy_counts_with_its_original(tmp_path: Path) -> None:
    assert _carried(tmp_path, {"W1": "Russian", "W2": "Russian"}, {"W2": "W1"}) == Carried("W1")


def test_where_not_one_party_is_named_nobody_is_asked(tmp_path: Path) -> None:
    assert _carried(tmp_path, {"W1": "Russian", "W2": "Syrian"}) is None


@pytest.mark.parametrize(("rule", "wording"), [("warn", "Russian"), ("widen", "Syrian or Russian")])
def test_a_run_asks_in_cases_of_any_size_and_the_report_says_it(
    rule: str, wording: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consilience.casework.weighing.MOST_PROBED", 0)
    case = _case(tmp_path, {"W1": "Russian"}, {}, f'single_source = "{rule}"\n')
    done = run_case(case, tmp_path / "out")
    (block,) = done.findings["incidents"]
    assert block["breakdown"] is None, "what else it hangs on isn't asked of a large case"
    assert (block["attribution"]["wording"], block["attribution"]["single_source"]) == (wording, "W1")
    assert "W1" in explain(block, done.records.settings.zone).split("By whom")[1].split("\n")[0]
    page = (tmp_path / "out" / "report" / "index.html").read_text("utf-8")
    assert ("One source alone carries this name" in page) == (rule == "warn")
