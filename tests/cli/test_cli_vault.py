"""`consilience vault …` as a user meets it: what is printed, what is recorded, exit codes, nothing half-done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from consilience.casework.acting_time import now
from consilience.casework.keys import open_vault
from consilience.cli.main import app
from consilience.errors import UsageError, VaultNotWritable
from consilience.quantities import digest_bytes
from consilience.readings.case_folder import read_case
from consilience.vault.acts import COPIED
from consilience.vault.lock import only_writer
from consilience.vault.shelves import place_of
from consilience.vault.store import FOLDER

CASE_TOML = """\
[case]
id = "small"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]
"""
VIDEO = b"\x00\x01" * 5_000
VIDEO_AT = f"{FOLDER}/{place_of('exhibits', digest_bytes(VIDEO))}"


@pytest.fixture(autouse=True)
def _nothing_waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Two incidents, a video that a media row and an interview cite, and all of it kept."""
    case = tmp_path / "case"
    (case / "media").mkdir(parents=True)
    (case / "case.toml").write_text(CASE_TOML)
    (case / "media/video.mp4").write_bytes(VIDEO)
    (case / "media/page.html").write_bytes(b"<html>")
    (case / "sources.csv").write_text("source_id,role\nS1,direct_witness\n")
    (case / "incidents.csv").write_text("incident_id,title\nI1,one\nI2,two\n")
    (case / "interviews.csv").write_text("interview_id,source_id,item\nV1,S1,media/video.mp4\n")
    (case / "accounts.csv").write_text("account_id,incident_id,source_id,interview_id\nA1,I2,S1,V1\n")
    (case / "media.csv").write_text("media_id,incident_id,item\nM1,I1,media/video.mp4\n")
    _keep(case)
    return case


def _keep(case: Path) -> None:
    open_vault(case).preserve(case, read_case(case).files, now())


def _vault(*words: object) -> Result:
    return CliRunner().invoke(app, ["vault", *map(str, words)])


def test_a_whole_vault_is_exit_0_and_says_how_it_was_looked_at(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consilience.casework.keeping.SOON_READ", 1_000)
    quick, long = _vault("check", case), _vault("check", case, "--read-data")
    assert (quick.exit_code, long.exit_code) == (0, 0)
    assert quick.stdout.splitlines()[-1] == "whole: 8 acts, 12 files (sizes alone; --read-data reads every byte)"
    assert long.stdout.splitlines()[-1] == "whole: 8 acts, 12 files (every byte read)"


def test_a_small_vault_is_read_to_the_last_byte_unasked(case: Path) -> None:
    block = bytearray((case / VIDEO_AT).read_bytes())
    block[5_000] ^= 1
    (case / VIDEO_AT).write_bytes(block)
    assert _vault("check", case).exit_code == 5


def test_damage_is_exit_5_a_thing_a_line_with_what_rests_on_it(case: Path) -> None:
    (case / VIDEO_AT).write_bytes(b"\x00" * 10_000)
    (case / FOLDER / "stranger").mkdir(mode=0o700)
    done = _vault("check", case, "--read-data")
    assert done.exit_code == 5
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{VIDEO_AT}: holds other bytes")
    assert "it is media/video.mp4 (last version)" in lines[0]
    assert "interviews V1 (interviews.csv, row 2), media M1 (media.csv, row 2)" in lines[0]
    assert lines[0].endswith("incidents I1, I2")
    assert lines[1] == f"{FOLDER}/stranger: is a folder that nobody wrote here"
    assert lines[2].startswith("2 DAMAGED: ")


def test_damage_as_json_names_rows_and_incidents(case: Path) -> None:
    (case / VIDEO_AT).unlink()
    done = _vault("check", case, "--json")
    assert done.exit_code == 5
    told = json.loads(done.stdout)
    assert told["whole"] is False
    (damage,) = told["damaged"]
    assert (damage["path"], damage["fault"]) == (VIDEO_AT, "gone")
    assert damage["files"] == [{"path": "media/video.mp4", "version": "last version"}]
    assert [row["key"] for row in damage["rows"]] == ["V1", "M1"]
    assert damage["incidents"] == ["I1", "I2"]


def test_an_earlier_version_is_said_to_be_one_and_rows_do_not_rest_on_it(case: Path) -> None:
    (case / "media/video.mp4").write_bytes(b"another cut")
    _keep(case)
    (case / VIDEO_AT).unlink()
    (line, _sum) = _vault("check", case).stdout.splitlines()
    assert line.endswith("is gone; it is media/video.mp4 (an earlier version)")


def test_a_case_whose_tables_cant_be_read_is_checked_all_the_same(case: Path) -> None:
    (case / "case.toml").write_text("[case\n")
    (case / VIDEO_AT).unlink()
    done = _vault("check", case)
    assert done.exit_code == 5
    assert "rows can't be looked up" in done.stdout


def test_check_writes_nothing_and_works_where_nothing_was_ever_kept(tmp_path: Path) -> None:
    done = _vault("check", tmp_path)
    assert done.exit_code == 5
    assert "nothing is kept" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_checkpoint_shows_a_ledger_that_was_set_back(case: Path, tmp_path: Path) -> None:
    earlier = (case / FOLDER / "ledger/checkpoint").read_bytes()
    open_vault(case).record("decided", [{"what": "merge"}], now())
    kept_elsewhere = tmp_path / "checkpoint.txt"
    kept_elsewhere.write_bytes((case / FOLDER / "ledger/checkpoint").read_bytes())
    assert _vault("check", case, "--against", kept_elsewhere).exit_code == 0
    (case / FOLDER / "ledger/checkpoint").write_bytes(earlier)
    assert _vault("check", case).exit_code == 0, "which nothing inside can show"
    done = _vault("check", case, "--against", kept_elsewhere, "--json")
    assert done.exit_code == 5
    assert "older copy put back" in json.loads(done.stdout)["damaged"][0]["what"]


def test_history_tells_every_act_and_of_one_exhibit_its_own(case: Path, tmp_path: Path) -> None:
    assert _vault("replicate", case, tmp_path / "replica").exit_code == 0
    told = _vault("history", case).stdout.splitlines()
    assert len(told) == 9
    assert told[-1].endswith("copied: all that was kept up to then (8 acts) to replica")
    own = _vault("history", case, "media/video.mp4").stdout.splitlines()
    assert [line.split()[2] for line in own] == ["preserved:", "copied:"]
    by_digest = json.loads(_vault("history", case, digest_bytes(VIDEO), "--json").stdout)
    assert [event["kind"] for event in by_digest] == ["preserved", "copied"]
    assert by_digest[0]["content"]["path"] == "media/video.mp4"


def test_an_exhibit_that_was_never_kept_has_no_history(case: Path) -> None:
    done = _vault("history", case, "media/none.mp4")
    assert isinstance(done.exception, UsageError)


def test_the_history_of_a_damaged_ledger_tells_what_can_be_read_and_is_exit_5(case: Path) -> None:
    bundle = case / FOLDER / "ledger/tile/entries/000.p/8"
    bundle.write_bytes(bundle.read_bytes().replace(b"media.csv", b"medio.csv"))
    done = _vault("history", case)
    assert done.exit_code == 5
    assert len(done.stdout.splitlines()) == 7
    assert "ledger is damaged" in done.stderr


def test_an_event_is_recorded_only_when_it_is_meant(case: Path) -> None:
    words = (
        "record",
        case,
        "--kind",
        "received",
        "--exhibit",
        "media/video.mp4",
        "--by",
        "K7",
        "--note",
        "on a USB stick",
    )
    would = _vault(*words)
    assert would.exit_code == 0
    assert "would be recorded" in would.stdout
    assert len(_vault("history", case).stdout.splitlines()) == 8
    assert _vault(*words, "--yes").exit_code == 0
    last = _vault("history", case, "media/video.mp4").stdout.splitlines()[-1]
    assert last.endswith("received by K7: media/video.mp4; note on a USB stick")


def test_a_table_of_acquisitions_is_recorded_as_a_whole(case: Path, tmp_path: Path) -> None:
    table = tmp_path / "acquired.csv"
    table.write_text(
        "kind,exhibit,by,at,url,tool,page_source\n"
        "collected,media/video.mp4,K7,2017-04-05T10:00+03:00,https://example.org/v,archiver 1.2,media/page.html\n"
        "opened,media/page.html,K8,2017-04-06,,,\n"
    )
    done = _vault("record", case, "--table", table, "--yes")
    assert done.exit_code == 0, done.output
    events = json.loads(_vault("history", case, "media/page.html", "--json").stdout)
    assert [(event["kind"], event["by"]) for event in events] == [
        ("preserved", None),
        ("collected", "K7"),
        ("opened", "K8"),
    ]
    content = events[1]["content"]
    assert content["url"] == "https://example.org/v"
    assert content["page_source"] == {"path": "media/page.html", "digest": digest_bytes(b"<html>")}
    assert content["capture"] is None, "unknown is null"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("seen,media/video.mp4,K7,,,", "row 2, column kind: 'seen' is none of collected, received"),
        ("opened,media/none.mp4,K7,,,", "row 2, column exhibit: 'media/none.mp4' is not kept"),
        ("opened,media/video.mp4,,,,", "row 2, column by: is empty"),
        ("opened,media/video.mp4,K7,2017-04-05T10:00,,", "row 2, column at: '2017-04-05T10:00' has no offset from UTC"),
        ("opened,media/video.mp4,K7,5 April,,", "row 2, column at: '5 April' is neither a day"),
        ("opened,media/video.mp4,K7,2999-01-01,,", "row 2, column at: '2999-01-01' has not come yet"),
        (
            "collected,media/video.mp4,K7,,https://secret.example,",
            "row 2, column at: is empty and has to be given where",
        ),
        ("opened,media/video.mp4,K7,,,,x", "row 2: has more cells than the header"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_recorded(case: Path, tmp_path: Path, row: str, said: str) -> None:
    table = tmp_path / "events.csv"
    table.write_text(f"kind,exhibit,by,at,url,tool\n{row}\nopened,media/video.mp4,K7,,,\n")
    done = _vault("record", case, "--table", table, "--yes")
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)
    assert "secret" not in str(done.exception)
    assert len(_vault("history", case).stdout.splitlines()) == 8


def test_a_table_with_another_header_is_refused(case: Path, tmp_path: Path) -> None:
    table = tmp_path / "events.csv"
    table.write_text("kind,exhibit,who\nopened,media/video.mp4,K7\n")
    done = _vault("record", case, "--table", table)
    assert "no column by; 'who' is no column" in str(done.exception)


def test_a_replica_is_checked_with_the_same_command(case: Path, tmp_path: Path) -> None:
    made = json.loads(_vault("replicate", case, tmp_path / "replica", "--json").stdout)
    assert (made["files"], made["acts"]) == (8, 9)
    assert _vault("check", tmp_path / "replica", "--read-data").exit_code == 0
    again = _vault("replicate", case, (tmp_path / "replica").as_uri())
    assert again.stdout.startswith("0 files (0 bytes) copied")


def test_the_ledger_names_no_path_elsewhere_and_knows_the_replica_again(
    case: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An address may name a user; who withdraws, or writes to whom holds copies, must still see one replica as one."""
    away, other = tmp_path_factory.mktemp("mona") / "replica", tmp_path_factory.mktemp("mona")
    assert json.loads(_vault("replicate", case, away, "--json").stdout)["where"] == away.as_uri(), "the screen says it"
    assert _vault("replicate", case, away).stdout.startswith("0 files")
    assert len(_vault("history", case).stdout.splitlines()) == 9, "nothing new, nothing said"
    open_vault(case).record("decided", [{"what": "merge"}], now())
    _vault("replicate", case, away.as_uri())
    _vault("replicate", case, other)
    (case / VIDEO_AT).write_bytes(b"gone")
    _vault("repair", case, "--from", away, "--yes")
    acts = [event["content"] for event in json.loads(_vault("history", case, "--json").stdout)]
    copies = [act["where"] for act in acts if "acts" in act]
    assert len(copies) == 3
    assert copies[0] == copies[1] != copies[2]
    assert all(where.startswith("elsewhere ") for where in copies)
    assert acts[-1]["from"] == copies[0]
    assert "mona" not in json.dumps(acts)


def test_a_replica_whose_whole_address_an_earlier_version_wrote_is_known_again(case: Path, tmp_path: Path) -> None:
    _vault("replicate", case, tmp_path / "replica")
    open_vault(case).record("decided", [{"what": "merge"}], now())
    open_vault(case).record(COPIED, [{"where": (tmp_path / "replica").as_uri(), "acts": 10, "root": "00"}], now())
    _vault("replicate", case, tmp_path / "replica")
    assert len(_vault("history", case).stdout.splitlines()) == 11, "it holds the decision: nothing new to say"


def test_a_replica_inside_the_case_is_refused(case: Path) -> None:
    for place in (case, case / "backup"):
        assert isinstance(_vault("replicate", case, place).exception, UsageError)


def test_repair_is_a_dry_run_until_it_is_meant(case: Path, tmp_path: Path) -> None:
    _vault("replicate", case, tmp_path / "replica")
    assert _vault("repair", case, "--from", tmp_path / "replica").exit_code == 0, "nothing to repair"
    (case / VIDEO_AT).write_bytes(b"\x00" * 10_000)
    (case / FOLDER / "ledger").chmod(0o755)
    would = _vault("repair", case, "--from", tmp_path / "replica")
    assert would.exit_code == 0, "all of it can be mended"
    assert json.loads(_vault("repair", case, "--from", tmp_path / "replica", "--json").stdout)["whole"] is False
    assert _vault("check", case, "--read-data").exit_code == 5, "whether all is whole is what check says"
    assert f"{VIDEO_AT}: altered; would be restored" in would.stdout
    assert (case / VIDEO_AT).read_bytes() == b"\x00" * 10_000
    done = _vault("repair", case, "--from", tmp_path / "replica", "--yes")
    assert done.exit_code == 0, done.output
    assert (case / VIDEO_AT).read_bytes() == VIDEO
    aside = case / FOLDER / place_of("quarantine", digest_bytes(b"\x00" * 10_000))
    assert aside.read_bytes() == b"\x00" * 10_000
    assert _vault("check", case, "--read-data").exit_code == 0
    aside.write_bytes(b"\x01" * 10_000)
    assert _vault("check", case, "--read-data").exit_code == 5, "what was put aside is kept as well"
    assert "repaired: exhibits/" in _vault("history", case, "media/video.mp4").stdout


def test_what_stays_damaged_is_said_and_is_exit_5(case: Path, tmp_path: Path) -> None:
    _vault("replicate", case, tmp_path / "replica")
    for place in (case, tmp_path / "replica"):
        (place / VIDEO_AT).unlink()
    (case / FOLDER / "stranger").write_bytes(b"x")
    assert _vault("repair", case, "--from", tmp_path / "replica").exit_code == 5, "a plan that leaves damage"
    done = _vault("repair", case, "--from", tmp_path / "replica", "--yes")
    assert done.exit_code == 5
    assert "CAN'T BE REPAIRED: the replica does not hold it whole either" in done.stdout
    assert "stranger: stranger; put aside" in done.stdout
    assert "STAYS DAMAGED" in done.stdout
    told = json.loads(_vault("repair", case, "--from", tmp_path / "replica", "--json").stdout)
    assert [one["path"] for one in told["beyond"]] == [VIDEO_AT]


def test_nothing_is_copied_or_repaired_while_another_run_is_at_work(case: Path, tmp_path: Path) -> None:
    _vault("replicate", case, tmp_path / "replica")
    with only_writer(case / FOLDER / "lock"):
        for words in (("replicate", case, tmp_path / "replica"), ("repair", case, "--from", tmp_path / "replica")):
            assert isinstance(_vault(*words).exception, VaultNotWritable)
