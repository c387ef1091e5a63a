"""What a bundle withholds is opened for those who agree today; for a reason alone, which is kept, where they don't."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sealed_folder import own_keys
from small_folder import write_small_case

from consilience.casework.bundling import open_items, plan_bundle, write_bundle
from consilience.errors import UsageError
from consilience.vault.act_words import sentence_of
from consilience.vault.acts import COPIED
from consilience.vault.store import Vault

HEADER = "interview_id,source_id,consent,consent_until,item"
ACCOUNTS = [
    "account_id,incident_id,source_id,interview_id,time,time_precision,facility_id,mode,item,remark",
    "A1,I1,W1,N1,2017-04-02T10:05,minute,F1,air strike,open/photo.jpg,his",
    "A2,I1,W2,,2017-04-02T10:10,about,F1,air strike,,hers",
    "A3,I1,W2,N3,2017-04-02T10:10,about,F1,air strike,,told",
]
FIRST, SECOND, THIRD = (f"rows/accounts.json#/rows/A{number}/unknown" for number in (1, 2, 3))


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own_keys(tmp_path / "keys", monkeypatch)
    tables = {"accounts": ACCOUNTS, "interviews": [HEADER, *_interviews("analysis;partner")], "media": None}
    case = write_small_case(tmp_path / "case", tables)
    for name in ("photo.jpg", "call.m4a"):
        (case / "open").mkdir(exist_ok=True)
        (case / "open" / name).write_bytes(f"synthetic {name}".encode() * 99)
    write_bundle(plan_bundle(case, ["I1"], "partner"), tmp_path / "bag")
    return case


def _interviews(consent: str, until: str = "") -> list[str]:
    return [f"N1,W1,{consent},{until},open/call.m4a", "N3,,analysis;partner,,"]


def _say(case: Path, *interviews: str) -> None:
    (case / "interviews.csv").write_text("\n".join([HEADER, *interviews]) + "\n", "utf-8")


def _items(case: Path) -> dict[str, str]:
    listed = json.loads((case.parent / "bag" / "data" / "withheld.json").read_bytes())["items"]
    return {one["at"].partition("/W0")[0]: one["id"] for one in listed}


def _open(case: Path, at: str, reason: str | None = None) -> bool:
    """Whether it was opened; a file stands there if so, and only then."""
    out = case.parent / "opening.json"
    out.unlink(missing_ok=True)
    item, said = _items(case)[at], None
    try:
        open_items(case, case.parent / "bag", [item], [], out, reason=reason)
    except UsageError as err:
        said = err.what
    assert said in (None, "consent does not cover this")
    assert out.exists() == (said is None)
    return said is None


@pytest.mark.parametrize("consent", [("analysis", ""), ("analysis;partner", "2021-01-01")])
def test_what_is_of_a_source_who_agrees_no_longer_stays_shut_and_all_else_opens(
    case: Path, consent: tuple[str, str]
) -> None:
    assert _open(case, FIRST)
    _say(case, *_interviews(*consent))
    shut = {at: _open(case, at) for at in (FIRST, SECOND, "exhibit#", "rows/sources.json#/rows/" + _name(case))}
    assert shut == {FIRST: False, SECOND: True, "exhibit#": False, "rows/sources.json#/rows/" + _name(case): False}


def _name(case: Path) -> str:
    """A withheld cell of the source's own row, which stands under its name for publications."""
    said = (act.content for act in Vault.open(case).acts())
    name = next(str(one["name"]) for one in said if one.get("source_id") == "W1" and "name" in one)
    return f"{name}/values/note"


def test_what_was_withheld_for_want_of_consent_is_not_opened_for_the_asking(case: Path) -> None:
    _say(case, *_interviews("analysis"))
    bag = case.parent / "bag"
    bag.rename(case.parent / "older")
    write_bundle(plan_bundle(case, ["I1"], "partner"), bag)
    assert not _open(case, "rows/accounts.json#/rows/A1/values/killed_min")


def test_an_interview_that_names_nobody_is_asked_too(case: Path) -> None:
    assert _open(case, THIRD)
    _say(case, _interviews("analysis;partner")[0], "N3,,analysis,,")
    assert not _open(case, THIRD)


def test_a_row_that_is_gone_from_the_case_is_nobodys_to_allow(case: Path) -> None:
    (case / "accounts.csv").write_text("\n".join(ACCOUNTS[:1] + ACCOUNTS[2:]) + "\n", "utf-8")
    assert not _open(case, FIRST)


def test_an_act_that_preserved_an_exhibit_is_asked_for_like_the_exhibit(case: Path, tmp_path: Path) -> None:
    _say(case, *_interviews("analysis"))
    hidden = json.loads((tmp_path / "bag" / "data" / "ledger" / "acts.json").read_bytes())["withheld"]
    acts = Vault.open(case).acts()
    call = next(one["index"] for one in hidden if "call.m4a" in str(acts[one["index"]].content.get("path")))
    with pytest.raises(UsageError, match="consent does not cover"):
        open_items(case, tmp_path / "bag", [], [call], tmp_path / "opening.json")


def test_a_reason_opens_it_and_is_kept_with_what_it_opened(case: Path) -> None:
    _say(case, *_interviews("analysis"))
    assert _open(case, FIRST, "a court has ordered it")
    act = [one for one in Vault.open(case).acts() if one.kind == COPIED][-1]
    assert (act.content["without_consent"], act.content["reason"]) == ([_items(case)[FIRST]], "a court has ordered it")
    assert "without consent" in sentence_of(act)
    assert "a court has ordered it" in sentence_of(act)
