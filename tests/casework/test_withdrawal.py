"""Who withdraws is in nothing derived any more, whoever writes it down, and what was sealed is gone for everyone."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sealed_folder import CHAT, PHOTO, VOICE, kept_bytes, own_keys, write_sealed_case
from typer.testing import CliRunner

import consilience
from case_copies import bytes_below
from consilience.casework.bundling import open_items, plan_bundle, write_bundle
from consilience.casework.consents import consents_of
from consilience.casework.reporting import report_case
from consilience.casework.roles import FILE as ROLES_FILE
from consilience.casework.unsealing import unseal
from consilience.casework.withdrawal import reach_of, withdraw
from consilience.cli.main import app
from consilience.errors import UsageError, VaultNotWritable
from consilience.records.consent import Consent
from consilience.vault.acts import COPIED, PUBLISHED
from consilience.vault.checking import check
from consilience.vault.keyring import Keyring
from consilience.vault.repair import plan_repair
from consilience.vault.replicas import replicate
from consilience.vault.store import Vault
from consilience.vault.stores import open_store

AT = datetime(2017, 6, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write_sealed_case(tmp_path / "case")


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    return own_keys(tmp_path / "keys", monkeypatch)


def _run(case: Path) -> Path:
    out = case.parent / f"{case.name}-findings"
    consilience.open_case(case).run(out=out)
    return out


def test_a_dry_run_says_what_it_reaches_and_changes_nothing(case: Path, keys: Keyring) -> None:
    out = _run(case)
    vault = Vault.open(case, keys.signer)
    vault.record(COPIED, [{"to": "a disk in a safe"}], AT)
    vault.record(PUBLISHED, [{"profile": "public", "to": "the world"}], AT)
    before = bytes_below(case)
    reach = reach_of(case, "W1")
    assert reach.rows == {"accounts": 1, "interviews": 1, "sources": 1}
    assert reach.incidents == ("I1",)
    assert (reach.keys, reach.sealed, reach.still_in_folder) == (1, 2, 2)
    assert "a disk in a safe" in reach.copies[0]
    assert "the world" in reach.publications[0]
    assert reach.outputs == (out.name,)
    assert bytes_below(case) == before
    assert reach_of(case, "SP").incidents == ("I1",), "its flights are evidence, though no row of it names an incident"


def test_after_it_no_output_knows_the_source_and_the_others_stay(case: Path, keys: Keyring) -> None:
    _run(case)
    withdraw(case, "W1", keys)
    out = _run(case)
    texts = b"".join(data for name, data in bytes_below(out).items() if name != "left-out.csv")
    for gone in (b"A1", b"W1", b"N1"):
        assert b'"' + gone + b'"' not in texts
        assert b">" + gone + b"<" not in texts
    evidence = {piece["evidence_id"] for piece in _block(out)["evidence"]}
    assert {"A2", "A3"} <= evidence
    assert "A1" not in evidence
    told = (out / "left-out.csv").read_text("utf-8")
    assert told.count("consent_withdrawn") == 3, "a line for each table"
    unseal(case, "W2", keys, "a test")
    with pytest.raises(UsageError):
        unseal(case, "W1", keys, "a test")
    assert check(case, read_data=True).is_whole


def test_a_date_in_the_table_does_the_same_to_findings(case: Path, keys: Keyring, tmp_path: Path) -> None:
    other = write_sealed_case(tmp_path / "other")
    interviews = (other / "interviews.csv").read_text("utf-8").splitlines()
    dated = [interviews[0] + ",withdrawn_on", interviews[1] + ",2017-05-09", interviews[2] + ","]
    (other / "interviews.csv").write_text("\n".join(dated) + "\n", "utf-8")
    withdraw(case, "W1", keys)
    assert (_run(case) / "findings.json").read_bytes() == (_run(other) / "findings.json").read_bytes()
    assert VOICE not in kept_bytes(other)


def test_a_file_of_who_withdrew_is_not_kept_again_and_its_clear_copy_goes(case: Path, keys: Keyring) -> None:
    _run(case)
    assert PHOTO in kept_bytes(case)
    reach = withdraw(case, "W3", keys)
    assert len(reach.clear_copies) == 1
    for _ in range(2):
        assert PHOTO not in kept_bytes(case)
        _run(case)
    assert check(case, read_data=True).is_whole


def test_what_somebody_else_cites_too_stays(case: Path, keys: Keyring) -> None:
    with (case / "accounts.csv").open("a", encoding="utf-8") as stream:
        stream.write("A4,I1,SP,,2017-04-02T10:09,about,F1,air strike,open/photo.jpg\n")
    _run(case)
    assert withdraw(case, "W3", keys).clear_copies == ()
    _run(case)
    assert PHOTO in kept_bytes(case)


def test_no_cached_result_outlives_it(case: Path, keys: Keyring) -> None:
    _run(case)
    cache = case / ".consilience" / "cache"
    assert len(bytes_below(cache)) > 1
    withdraw(case, "W1", keys)
    assert set(bytes_below(cache)) == {"sealed-here.json"}
    root = Vault.open(case).root()
    _run(case)
    assert Vault.open(case).root() == root, "what is sealed of others is known still, and not sealed again"


def test_a_withdrawal_without_any_keys_works_on_what_is_in_clear(case: Path, tmp_path: Path) -> None:
    _run(case)
    withdraw(case, "W1", Keyring.open(tmp_path / "nowhere"))
    kept = kept_bytes(case)
    assert VOICE not in kept
    assert CHAT not in kept


def test_results_that_can_not_be_removed_are_said_and_the_next_try_removes_them(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    """A cache that was moved to another disk: no removal follows a link."""
    _run(case)
    cache = case / ".consilience" / "cache"
    cache.rename(tmp_path / "moved")
    cache.symlink_to(tmp_path / "moved")
    with pytest.raises(VaultNotWritable, match="has withdrawn, but results of earlier runs"):
        withdraw(case, "W1", keys)
    assert "W1" in Vault.open(case).sealed.withdrawn
    cache.unlink()
    with pytest.raises(UsageError, match="already"):
        withdraw(case, "W1", keys)
    assert set(bytes_below(cache)) == {"sealed-here.json"}


def test_reports_and_letters_beside_the_case_are_listed_too(case: Path, keys: Keyring) -> None:
    for kind in ("findings", "report", "letters", "else"):
        (case.parent / f"{case.name}-{kind}").mkdir()
    listed = tuple(f"{case.name}-{kind}" for kind in ("findings", "report", "letters"))
    assert reach_of(case, "W1").outputs == withdraw(case, "W1", keys).outputs == listed


def test_nothing_of_a_bundle_is_opened_once_a_source_withdrew_and_check_replica_and_repair_agree(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    _run(case)
    write_bundle(plan_bundle(case, ["I1"], "partner"), tmp_path / "before")
    withheld = json.loads((tmp_path / "before" / "data" / "withheld.json").read_bytes())["items"][0]["id"]
    open_items(case, tmp_path / "before", [withheld], [], tmp_path / "opened.json")
    store = open_store(str(tmp_path / "replica"))
    replicate(case, store)
    openings = [place / ".consilience" / "openings" for place in (case, tmp_path / "replica")]
    assert all(bytes_below(folder) for folder in openings)
    assert withdraw(case, "W3", keys).openings == 1
    assert not bytes_below(openings[0])
    with pytest.raises(UsageError, match="withdrawn since"):
        open_items(case, tmp_path / "before", [withheld], [], tmp_path / "more.json")
    plan = plan_repair(case, store)
    assert (plan.mends, plan.beyond) == ((), ()), "a repair brings none of it back"
    replicate(case, store)
    assert not bytes_below(openings[1])
    assert check(case, read_data=True).is_whole
    write_bundle(plan_bundle(case, ["I1"], "partner"), tmp_path / "after")
    open_items(case, tmp_path / "after", [withheld], [], tmp_path / "more.json")


def _write_withdrawn_on(case: Path, said: str) -> None:
    """What stands in `withdrawn_on` of the first interview, which is W1's."""
    lines = [line.split(",") for line in (case / "interviews.csv").read_text("utf-8").splitlines()]
    rows = [dict(zip(lines[0], cells, strict=True)) | {"withdrawn_on": ""} for cells in lines[1:]]
    rows[0]["withdrawn_on"] = said
    text = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    (case / "interviews.csv").write_text(text + "\n", "utf-8")


@pytest.mark.parametrize("said", ["2017-05-09", "2030-01-01", "some day in spring"])
def test_a_withdrawal_in_the_table_stops_openings_of_earlier_bundles_whatever_its_date(
    case: Path, keys: Keyring, tmp_path: Path, said: str
) -> None:
    assert keys.custodians
    write_bundle(plan_bundle(case, ["I1"], "partner"), tmp_path / "bag")
    open_items(case, tmp_path / "bag", ["W0001"], [], tmp_path / "before.json")
    _write_withdrawn_on(case, said)
    with pytest.raises(UsageError, match="withdrawn since"):
        open_items(case, tmp_path / "bag", ["W0001"], [], tmp_path / "after.json")
    assert not (tmp_path / "after.json").exists()
    write_bundle(plan_bundle(case, ["I1"], "partner"), tmp_path / "anew")
    if said[0].isdigit():
        open_items(case, tmp_path / "anew", ["W0001"], [], tmp_path / "anew.json")
    else:  # what it has of the source stands there as commitments, and nobody knows whether they may be opened
        with pytest.raises(UsageError, match="withdrawn since"):
            open_items(case, tmp_path / "anew", ["W0001"], [], tmp_path / "anew.json")
        _write_withdrawn_on(case, "2017-05-09")
        with pytest.raises(UsageError, match="withdrawn since"):
            open_items(case, tmp_path / "anew", ["W0001"], [], tmp_path / "anew.json")


def test_a_withdrawal_between_the_plan_of_a_bundle_and_its_writing_stops_it(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    plan = plan_bundle(case, ["I1"], "partner")
    withdraw(case, "W1", keys)
    acts = Vault.open(case).acts()
    with pytest.raises(UsageError, match="since this bundle was planned"):
        write_bundle(plan, tmp_path / "bag")
    assert [path.name for path in tmp_path.iterdir() if "bag" in path.name] == []
    assert [act.kind for act in Vault.open(case).acts()[len(acts) :] if act.kind == COPIED] == []
    write_bundle(plan_bundle(case, ["I1"], "partner"), tmp_path / "bag")


def test_a_consent_that_is_taken_back_between_the_plan_of_a_bundle_and_its_writing_stops_it(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    assert keys.custodians
    table = (case / "interviews.csv").read_text("utf-8")
    open_one = table + "N3,W3,none,analysis;partner,\n"
    (case / "interviews.csv").write_text(open_one, "utf-8")
    plan = plan_bundle(case, ["I1"], "partner")
    (case / "interviews.csv").write_text(open_one.replace("analysis;partner", "analysis"), "utf-8")
    with pytest.raises(UsageError, match="agrees to less"):
        write_bundle(plan, tmp_path / "bag")
    assert not (tmp_path / "bag").exists()


def test_what_went_elsewhere_is_listed_when_its_source_withdraws(case: Path, keys: Keyring, tmp_path: Path) -> None:
    for _ in range(2):
        consilience.open_case(case).run(out=tmp_path / "far" / "findings")
    unseal(case, "W1", keys, "a test", tmp_path / "opened")
    outputs = reach_of(case, "W1").outputs
    assert [line.rpartition(", ")[0] for line in outputs] == [
        "opened (what was unsealed of W1",
        "far/findings (findings of a run",
    ]
    assert str(tmp_path) not in "".join(outputs), "the ledger keeps no more of the machine than it must"


def test_no_name_of_a_folder_that_is_not_below_the_cases_own_stands_in_the_ledger(case: Path, keys: Keyring) -> None:
    """A path elsewhere may say who works here, and for whom: the ledger says that there is one, and no more."""
    with TemporaryDirectory(prefix="dr-omar-h-") as away:
        for _ in range(2):
            consilience.open_case(case).run(out=Path(away) / "for-fatima" / "findings")
        unseal(case, "W1", keys, "a test", Path(away) / "opened")
        report = Path(away) / "for-fatima" / "report"
        report_case(case, report, profile="public", forms=["md"], tongues=["en"], workers=1, progress=lambda *_: None)
    listed = [re.sub("elsewhere [0-9a-f]{32} [0-9a-f]{32}", "elsewhere", line) for line in reach_of(case, "W1").outputs]
    assert [line.rpartition(", ")[0] for line in listed] == [
        "elsewhere (what was unsealed of W1",
        "elsewhere (findings of a run",
        "elsewhere (drafts of the report",
    ], "each place is told once"
    told = " ".join(str(act.content) for act in Vault.open(case).acts())
    assert "findings of a run" in told
    assert not [part for part in ("dr-omar-h", "for-fatima", "../") if part in told]
    digests = [line.split()[2] for line in reach_of(case, "W1").outputs]
    assert len(set(digests)) == len(digests)


def test_unsealing_who_has_withdrawn_says_so(case: Path, keys: Keyring) -> None:
    _run(case)
    withdraw(case, "W1", keys)
    with pytest.raises(UsageError, match="its keys were destroyed"):
        unseal(case, "W1", keys, "a test")


def test_withdrawing_twice_or_for_a_stranger_is_refused(case: Path, keys: Keyring) -> None:
    withdraw(case, "W1", keys)
    with pytest.raises(UsageError, match="already"):
        withdraw(case, "W1", keys)
    with pytest.raises(UsageError, match="nothing of this source"):
        reach_of(case, "W9")


def test_an_analyst_without_the_role_is_refused(case: Path, keys: Keyring) -> None:
    (keys.folder / ROLES_FILE).write_text("analyst\n", "utf-8")
    with pytest.raises(UsageError, match="identity custodian"):
        withdraw(case, "W1", keys)
    assert not Vault.open(case).sealed.withdrawn


def test_the_command_does_nothing_without_yes_and_lists_consents(case: Path, keys: Keyring) -> None:
    def said(*words: object) -> str:
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return done.output

    assert keys.custodians
    assert "Nothing was done" in said("consent", "withdraw", case, "W1")
    allowed = {
        one["source_id"]: one for one in json.loads(said("consent", "list", case, "--on", "2017-06-30", "--json"))
    }
    assert allowed["W1"]["allowed"] == ["analysis", "public"]
    assert allowed["W1"]["sealed"]
    assert allowed["W3"]["on_record"]["public"] == Consent.NOT_ASKED
    assert json.loads(said("consent", "withdraw", case, "W1", "--yes", "--json"))["done"]
    assert "nothing" in said("consent", "list", case, "--on", "2017-06-30")
    [withdrawn] = [one for one in consents_of(case, on=AT.date()) if one.has_withdrawn]
    assert withdrawn.allowed == ()


def test_consents_need_a_day(case: Path) -> None:
    with pytest.raises(UsageError, match="as_of"):
        consents_of(case)


def _block(out: Path) -> dict[str, list[dict[str, str]]]:
    [block] = json.loads((out / "findings.json").read_bytes())["incidents"]
    found: dict[str, list[dict[str, str]]] = block
    return found
