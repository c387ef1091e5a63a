"""`bundle` and `bundle-open` as a user meets them, and what a partner can and can't do with what he is given."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bundle_case import EXHIBITS, SECRET_NUMBERS, SHOWN, load, secrets_of, write_bundle_case
from canaries import found_below, plant
from case_copies import bytes_below
from consilience.cli.main import app
from consilience.errors import ConsilienceError, PublishError, UsageError, VaultNotWritable
from consilience.publish.statements.found_sentences import OF_COVERAGE
from consilience.vault.acts import COPIED
from consilience.vault.store import Vault

TO = "The court of somewhere"


def consilience(*arguments: str | Path) -> str:
    """What the command prints; an error of ours is raised."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(done.exception, ConsilienceError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def verify(bag: Path, *options: str | Path) -> tuple[int, str]:
    """The bag's own verifier, as a partner runs it: by itself, without anything of ours on the path."""
    command = [sys.executable, "-I", str(bag / "verify.py"), str(bag), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bundle_case(tmp_path_factory.mktemp("bundle") / "case")


@pytest.fixture(scope="module")
def told(case: Path) -> dict[str, Any]:
    """What the command says of the bundle that `bag` is."""
    said: dict[str, Any] = json.loads(
        consilience("bundle", case, "--incidents", "I1", "--out", case.parent / "bag", "--to", TO, "--json")
    )
    return said


@pytest.fixture(scope="module")
def bag(case: Path, told: dict[str, Any]) -> Path:
    assert told["out"] == str(case.parent / "bag")
    return case.parent / "bag"


@pytest.fixture(scope="module")
def court(case: Path, bag: Path) -> Path:
    out = bag.parent / "court"
    consilience("bundle", case, "--incidents", "I1", "--profile", "court", "--out", out)
    return out


def everything_in(bag: Path) -> Iterator[tuple[str, bytes]]:
    """Every name and every byte below a folder, compressed things also as they were."""
    for name, data in bytes_below(bag).items():
        yield name, name.encode()
        yield name, data
        if data[:2] == b"\x1f\x8b":
            yield name, gzip.decompress(data)


def test_a_bundle_is_found_whole_by_its_own_verifier_and_by_the_root_that_was_printed(
    bag: Path, told: dict[str, Any]
) -> None:
    code, said = verify(bag, "--root", told["root"])
    assert (code, said.splitlines()[-1]) == (0, "whole")
    assert "unsigned" in said.splitlines()
    assert verify(bag, "--root", "sha256:" + "0" * 64)[0] == 1


def test_a_bundle_says_that_it_is_neither_reviewed_nor_released(bag: Path) -> None:
    for name in ("README.txt", "bag-info.txt", "data/report.md"):
        assert "neither reviewed nor released" in (bag / name).read_text("utf-8").lower()


def test_no_name_post_clock_refusing_source_or_digest_of_what_is_withheld_is_in_a_bundle(case: Path, bag: Path) -> None:
    for secret in secrets_of(case):
        assert [name for name, data in everything_in(bag) if secret in data] == [], secret


def test_a_court_has_where_a_flight_was_opened_row_by_row_and_is_not_told_it(case: Path, court: Path) -> None:
    rows: Any = load(court, "rows/sightings.json")["rows"]
    assert {tuple(row["values"][name]) for row in rows.values() for name in ("place", "heading")} == {("withheld",)}
    for secret in secrets_of(case):
        assert [name for name, data in everything_in(court) if secret in data] == [], secret
    opening = court.parent / "place-of-S1.json"
    item = rows["S1"]["values"]["place"]["withheld"]
    consilience("bundle-open", case, court, "--items", item, "--out", opening)
    assert "Northtown" in opening.read_text("utf-8")
    assert verify(court, "--opening", str(opening))[0] == 0


@pytest.mark.parametrize("profile", ["bag", "court"])
def test_whether_a_log_was_kept_at_an_incident_is_withheld(profile: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(profile)
    findings: Any = load(folder, "findings.json")
    confidence = findings["incidents"]["I1"]["confidence"]
    assert not set(confidence["because"]) & set(OF_COVERAGE)
    assert set(confidence["log"]) == {"withheld"}
    for clause in OF_COVERAGE:
        assert [name for name, data in everything_in(folder) if clause.encode() in data] == []
    assert set(findings["incidents"]["I1"]["placebo"]) == {"withheld"}
    assert set(findings["incidents"]["I1"]["next_evidence"]) == {"withheld"}
    assert "placebo" not in findings["incidents"]["I1"]["why_null"]


@pytest.mark.parametrize("profile", ["bag", "court"])
def test_the_index_of_what_exonerates_leads_to_what_is_withheld_of_logs(
    profile: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(profile)
    committed: Any = load(folder, "withheld.json")["items"]
    items: Any = load(folder, "exonerating.json")["items"]
    found = [item for item in items if item["support"][0].startswith("withheld.json#/items/")]
    assert [(item["incident_id"], item["kind"]) for item in found] == [("I1", "withheld")]
    named = [committed[int(where.rpartition("/")[2])] for where in found[0]["support"]]
    block = "findings.json#/incidents/I1/"
    assert [one["at"] for one in named] == [block + name for name in ("confidence/log", "placebo", "next_evidence")]
    assert all(f"({one['id']})" in found[0]["text"] for one in named)
    report = (folder / "data" / "report.md").read_text("utf-8")
    assert f"Not said here: {found[0]['text']}." in report
    basis = next(line for line in report.splitlines() if line.startswith("- The basis of this is"))
    assert "; what a log may add is withheld. [" in basis
    assert verify(folder)[0] == 0


def test_the_index_says_the_same_of_logs_where_none_was_declared_whole(case: Path, bag: Path, tmp_path: Path) -> None:
    bare, other = tmp_path / "bare", tmp_path / "bag"
    shutil.copytree(case, bare, ignore=shutil.ignore_patterns(".consilience", "coverage.csv"))
    consilience("bundle", bare, "--incidents", "I1", "--out", other)
    opened = []
    for folder, given in ((case, bag), (bare, other)):
        opening = tmp_path / f"{folder.name}.json"
        consilience("bundle-open", folder, given, "--items", _of_logs(given)[1], "--out", opening)
        opened.append(json.loads(json.loads(opening.read_text("utf-8"))["openings"][0]["disclosure"])[2])
    assert opened[0] != opened[1], "what is withheld is another thing"
    assert _of_logs(bag)[0] == _of_logs(other)[0]


def _of_logs(bag: Path) -> tuple[str, str]:
    """What the index says of logs, without the ids, and the id of the reasons."""
    items: Any = load(bag, "exonerating.json")["items"]
    (text,) = (item["text"] for item in items if item["text"].startswith("what a log may add"))
    return re.sub(r"W\d+", "W", text), re.findall(r"W\d+", text)[0]


def test_a_range_of_an_incident_with_a_withheld_account_is_withheld_as_well(bag: Path, court: Path) -> None:
    """A6 is sealed and says 47 to 53 killed; A1, who agreed, 1 to 2: the range would say what A6 does."""
    for folder in (bag, court):
        findings: Any = load(folder, "findings.json")
        found = findings["incidents"]["I1"]["casualties"]
        assert list(found["killed"]) == ["withheld"]
        assert list(found["injured"]) == ["withheld"], "nobody gives one, and that it is withheld may not say so"
        assert [name for name in findings["incidents"]["I1"]["why_null"] if name.startswith("casualties")] == []


def test_a_source_who_said_no_or_is_sealed_is_withheld_as_a_whole_and_the_index_says_that_such_rows_are(
    bag: Path,
) -> None:
    rows: Any = load(bag, "rows/accounts.json")["rows"]
    assert set(rows) == {"A1", "A2", "A3", "A4", "A6", "A7", "A8"}
    for name in ("A3", "A6", "A7", "A8"):
        assert all(set(value) == {"withheld"} for value in rows[name]["values"].values())
    items: Any = load(bag, "exonerating.json")["items"]
    assert [f"rows/accounts.json#/rows/{name}" for name in ("A3", "A6", "A7", "A8")] in [
        item["support"] for item in items if item["kind"] == "withheld"
    ]


def test_exhibits_are_given_under_each_name_and_one_whose_bytes_a_refusing_source_also_sent_is_not(bag: Path) -> None:
    given: Any = load(bag, "exhibits.json")["exhibits"]
    assert [one["path"] for one in given] == list(SHOWN)
    assert (bag / "data" / given[0]["file"]).read_bytes() == EXHIBITS[SHOWN[0]]
    acts: Any = load(bag, "ledger/acts.json")["acts"]
    assert sorted(json.loads(act["body"])["content"]["path"] for act in acts) == list(SHOWN)


def test_what_exonerates_and_what_was_searched_for_is_in_the_indexes(bag: Path) -> None:
    items: Any = load(bag, "exonerating.json")["items"]
    kinds = {item["kind"] for item in items}
    assert {"rival", "cause", "other party", "site status", "published", "letter"} <= kinds
    listed: Any = load(bag, "searches.json")["items"]
    assert {one["search_id"]: one["in_vain"] for one in listed} == {"SE1": True, "SE2": False, "SE4": None}


def test_an_opening_opens_its_item_alone_and_a_forged_one_is_refused(case: Path, bag: Path, tmp_path: Path) -> None:
    items: Any = load(bag, "withheld.json")["items"]
    of = {item["at"]: item["id"] for item in items}
    item = of["rows/media.json#/rows/M1/values/clock_offset_s"]
    hidden_acts: Any = load(bag, "ledger/acts.json")["withheld"]
    act = hidden_acts[0]["index"]
    consilience("bundle-open", case, bag, "--items", item, "--acts", str(act), "--out", tmp_path / "opening.json")
    code, said = verify(bag, "--opening", tmp_path / "opening.json")
    assert code == 0
    assert f"opened {item}: rows/media.json#/rows/M1/values/clock_offset_s is 4711.25" in said
    text = (tmp_path / "opening.json").read_text("utf-8")
    assert [number for number in SECRET_NUMBERS if number in text] == ["4711.25"]
    opening = json.loads(text)
    forged = {
        "a value": [opening["openings"][0]["disclosure"].replace("4711.25", "4711.5"), opening["root"], item],
        "a salt": [opening["openings"][0]["disclosure"].replace('["', '["0', 1), opening["root"], item],
        "another bundle": [opening["openings"][0]["disclosure"], "sha256:" + "0" * 64, item],
        "another item": [opening["openings"][0]["disclosure"], opening["root"], items[0]["id"]],
    }
    for what, (disclosure, root, name) in forged.items():
        lie = {**opening, "root": root, "openings": [{"id": name, "disclosure": disclosure}]}
        (tmp_path / "forged.json").write_text(json.dumps(lie))
        assert verify(bag, "--opening", tmp_path / "forged.json")[0] == 1, what
    lie = {
        **opening,
        "acts": [{**opening["acts"][0], "body": opening["acts"][0]["body"].replace("preserved", "decided")}],
    }
    (tmp_path / "forged.json").write_text(json.dumps(lie))
    assert verify(bag, "--opening", tmp_path / "forged.json")[0] == 1
    assert Vault.open(case).acts()[-1].content["opened"] == [item]


def test_openings_are_refused_for_what_is_not_withheld_and_for_a_bundle_that_is_not_ours(
    case: Path, bag: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="withholds no such thing"):
        consilience("bundle-open", case, bag, "--items", "W9999", "--out", tmp_path / "opening.json")
    shutil.copytree(bag, tmp_path / "other")
    (tmp_path / "other" / "tagmanifest-sha256.txt").write_text("another\n")
    with pytest.raises(UsageError, match="knows no bundle"):
        consilience("bundle-open", case, tmp_path / "other", "--items", "W0001", "--out", tmp_path / "opening.json")
    assert not (tmp_path / "opening.json").exists()


def test_openings_are_for_the_owner_alone(case: Path, bag: Path, told: dict[str, Any]) -> None:
    said = next(act.content for act in Vault.open(case).acts() if act.content.get("root") == told["root"])
    digest = str(said["openings"]).removeprefix("sha256:")
    kept = case / ".consilience" / "openings" / digest[:2] / digest[2:]
    assert kept.stat().st_mode & 0o777 == 0o600
    items: Any = load(bag, "withheld.json")["items"]
    assert len(json.loads(kept.read_bytes())["openings"]) == len(items)
    assert kept.stat().st_size == said["openings_bytes"]


def test_the_same_state_gives_the_same_bag_but_for_salts_and_no_salt_comes_twice(case: Path, bag: Path) -> None:
    again = bag.parent / "again"
    consilience("bundle", case, "--incidents", "I1", "--out", again)
    drawn = ("data/withheld.json", "data/ledger/", "manifest-sha256.txt", "tagmanifest-sha256.txt", "bundle-root.txt",
             "bag-info.txt")  # fmt: skip
    one, other = bytes_below(bag), bytes_below(again)
    assert set(one) == set(other)
    assert {name for name in one if one[name] != other[name]} <= {n for n in one if n.startswith(drawn)}
    salts: list[str] = []
    for kept in (case / ".consilience" / "openings").glob("??/*"):
        salts += [json.loads(opening["disclosure"])[0] for opening in json.loads(kept.read_bytes())["openings"]]
    assert len(salts) == len(set(salts)) > 200
    assert {len(salt) for salt in salts} == {32}


def test_the_ledger_says_what_was_handed_out_and_to_whom_and_the_bag_does_not(
    case: Path, bag: Path, told: dict[str, Any]
) -> None:
    copied = next(act for act in Vault.open(case).acts() if act.kind == COPIED)
    assert (copied.content["root"], copied.content["to"], copied.content["incidents"]) == (told["root"], TO, ["I1"])
    assert all(TO.encode() not in data for _, data in everything_in(bag))


@pytest.mark.usefixtures("bag")
def test_a_dry_run_says_what_would_be_shown_and_withheld_and_hands_out_nothing(case: Path) -> None:
    before, acts = set(case.parent.iterdir()), len(Vault.open(case).acts())
    said = consilience("bundle", case, "--incidents", "I1", "--dry-run", "--out", case.parent / "dry")
    assert "media/smoke.txt" in said
    assert "exhibit withheld: 'media/both.txt'" in said
    assert "accounts: 7 rows, 4 of them withheld as a whole" in said
    assert (set(case.parent.iterdir()), len(Vault.open(case).acts())) == (before, acts)


def test_a_bundle_that_cannot_be_recorded_never_appears_and_the_next_one_does(
    case: Path, bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = bag.parent / "refused"

    def refuse(*_: object) -> None:
        raise VaultNotWritable("disk full")

    before = set(case.parent.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "record", refuse)
        with pytest.raises(VaultNotWritable):
            consilience("bundle", case, "--incidents", "I1", "--out", out)
    assert set(case.parent.iterdir()) == before
    consilience("bundle", case, "--incidents", "I1", "--out", out)
    assert verify(out)[0] == 0


def test_a_bundle_is_never_written_over_anything_nor_into_the_case(case: Path, bag: Path) -> None:
    before = bytes_below(bag)
    for out in (bag, case / "bag"):
        with pytest.raises(PublishError):
            consilience("bundle", case, "--incidents", "I1", "--out", out)
    assert bytes_below(bag) == before
    with pytest.raises(UsageError, match="no such incident"):
        consilience("bundle", case, "--incidents", "I1,I9", "--out", bag.parent / "nine")
    with pytest.raises(UsageError, match="no such profile"):
        consilience("bundle", case, "--incidents", "I1", "--profile", "public", "--out", bag.parent / "nine")
    with pytest.raises(UsageError, match="where to"):
        consilience("bundle", case, "--incidents", "I1")


def test_an_act_that_names_an_older_version_is_withheld_unless_that_version_is_given(tmp_path: Path) -> None:
    case = write_bundle_case(tmp_path / "case")
    consilience("bundle", case, "--incidents", "I1", "--out", tmp_path / "first")
    old: Any = load(tmp_path / "first", "exhibits.json")["exhibits"]
    (case / SHOWN[0]).write_bytes(b"another cut of it")
    consilience("bundle", case, "--incidents", "I1", "--out", tmp_path / "second")
    acts: Any = load(tmp_path / "second", "ledger/acts.json")
    assert len(acts["acts"]) == 2, "the version before is in the bag under the other name"
    (case / SHOWN[1]).write_bytes(b"yet another cut of it")
    consilience("bundle", case, "--incidents", "I1", "--out", tmp_path / "third")
    given: Any = load(tmp_path / "third", "exhibits.json")["exhibits"]
    acts = load(tmp_path / "third", "ledger/acts.json")
    assert acts["acts"] == []
    assert {one["act"] for one in given} <= {act["index"] for act in acts["withheld"]}
    digest = old[0]["digest"].removeprefix("sha256:").encode()
    assert [name for name, data in everything_in(tmp_path / "third") if digest in data] == []
    assert verify(tmp_path / "third")[0] == 0


@pytest.mark.parametrize(
    ("consent", "until", "withdrawn"),
    [("analysis;court", "", ""), ("analysis;partner", "2017-06-30", ""), ("analysis;partner", "", "2017-07-01")],
)
def test_however_a_source_says_no_neither_its_words_nor_bytes_that_it_sent_are_shown(
    tmp_path: Path, consent: str, until: str, withdrawn: str
) -> None:
    """For another use alone; no longer; not any more. The day that counts is that of the bundle."""
    case = write_bundle_case(tmp_path / "case")
    (case / "interviews.csv").write_text(
        f"interview_id,source_id,consent,consent_until,withdrawn_on\nIV3,W3-CANARY,{consent},{until},{withdrawn}\n"
    )
    consilience("bundle", case, "--incidents", "I1", "--out", tmp_path / "bag")
    assert verify(tmp_path / "bag")[0] == 0
    for secret in (b"CANARYjet", EXHIBITS["media/both.txt"], EXHIBITS["told/CANARY-sketch.txt"]):
        assert [name for name, data in everything_in(tmp_path / "bag") if secret in data] == [], secret
    given: Any = load(tmp_path / "bag", "exhibits.json")["exhibits"]
    assert [one["path"] for one in given] == list(SHOWN)


def test_no_canary_of_sealed_sources_is_in_a_bundle_nor_in_what_opens_out_of_it(tmp_path: Path) -> None:
    """For a court, which is shown more than a partner."""
    canaries = plant(tmp_path / "case", seed=5, sources=6)
    consilience("bundle", tmp_path / "case", "--incidents", "I1", "--profile", "court", "--out", tmp_path / "bag")
    assert verify(tmp_path / "bag")[0] == 0
    assert len(canaries) == 60
    assert found_below(tmp_path / "case", canaries).keys() == set(canaries)
    assert found_below(tmp_path / "bag", canaries) == {}


def test_only_a_publisher_hands_out_a_bundle_or_opens_an_item(
    case: Path, bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "roles").write_text("analyst\n")
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))
    with pytest.raises(UsageError, match="'publisher'"):
        consilience("bundle", case, "--incidents", "I1", "--out", tmp_path / "bag")
    with pytest.raises(UsageError, match="'publisher'"):
        consilience("bundle-open", case, bag, "--items", "W0001", "--out", tmp_path / "opening.json")
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
