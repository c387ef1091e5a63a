"""Two processes that write at once: nothing acknowledged is lost, the vault is whole, nothing half-done lies about.

All jobs of a test have read the case before any of them writes (`at_once_server`): what each then writes has to follow
from what the others wrote before it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from release_examples import OPEN, approve, decided, row, write_rows
from release_examples import write_case as write_releasable_case
from sealed_folder import CHAT, NAME, VOICE, kept_bytes, write_sealed_case

from case_copies import bytes_below
from consilience.casework.candidates import CANDIDATES
from consilience.casework.keys import add_key, make_keys, open_vault
from consilience.casework.ledger_exchange import export_request, export_timestamp_request, vouched
from consilience.casework.pipeline import run_case
from consilience.errors import VaultNotWritable
from consilience.vault import lock
from consilience.vault.acts import (
    COPIED,
    COSIGNED,
    DECIDED,
    PRESERVED,
    PUBLISHED,
    TIMESTAMPED,
    UNSEALED,
    WITHDRAWN,
    Act,
)
from consilience.vault.checking import check
from consilience.vault.durable import HALF_WRITTEN
from consilience.vault.keyring import Keyring
from consilience.vault.pseudonyms import SCHEMA as NAMED
from consilience.vault.sealed_acts import CONSENT_WITHDRAWN
from consilience.vault.store import FOLDER, Vault
from stamp_authority import Authority


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a job."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    program = str(Path(__file__).with_name("at_once_server.py"))
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        yield one


class Desk:
    """A copy of a case with its keys, and the means to have jobs done on it at once."""

    def __init__(self, folder: Path, server: subprocess.Popen[str]) -> None:
        self.folder, self.case, self.keys = folder, folder / "case", folder / "keys"
        self._server = server

    def at_once(
        self,
        *jobs: Sequence[str | Path],
        turns: Sequence[int] | None = None,
        lock: Path | None = None,
        is_whole: bool = True,
    ) -> list[Ended]:
        """The jobs, each a process, all at the lock before one takes it; then at once, or one after the other."""
        asked = {
            "lock": str(lock or self.case / FOLDER / "lock"),
            "keys": str(self.keys),
            "jobs": [list(map(str, words)) for words in jobs],
            "turns": turns,
        }
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        ended = [Ended(*one) for one in json.loads(self._server.stdout.readline())]
        if is_whole:
            self._must_be_whole()
        for one in ended:
            assert one.code in (0, 2, 3, 4, 5, 6), one
        return ended

    def acts(self, kind: str) -> list[Act]:
        return [act for act in Vault.open(self.case).acts() if act.kind == kind]

    def _must_be_whole(self) -> None:
        checked = check(self.case, read_data=True)
        assert checked.is_whole, checked.damaged
        vouched(self.case, self.keys, every=True)
        unfinished = (HALF_WRITTEN, "incoming.part")
        hidden = {path for path in self.folder.rglob(".*") if path.name.endswith((".new", ".old"))}
        assert not hidden
        assert not [path for path in self.folder.rglob("*") if path.name in unfinished]


@cache
def _made(kind: str, place: Path) -> Path:
    """A case with keys that was run once, so that what is found is found quickly again."""
    folder = place / kind
    folder.mkdir()
    make_keys(folder / "keys", "owner.example", yes=True)
    write = write_sealed_case if kind == "sealed" else write_releasable_case
    run_case(write(folder / "case"))
    return folder


def _desk(kind: str, place: Path, tmp_path: Path, server: subprocess.Popen[str], patch: pytest.MonkeyPatch) -> Desk:
    patch.setenv("CONSILIENCE_KEYS", str(place / kind / "keys"))
    shutil.copytree(_made(kind, place), tmp_path / "desk")
    patch.setenv("CONSILIENCE_KEYS", str(tmp_path / "desk" / "keys"))
    return Desk(tmp_path / "desk", server)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("at-once")


@pytest.fixture
def sealed(
    place: Path, tmp_path: Path, server: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:  # fmt: skip
    return _desk("sealed", place, tmp_path, server, monkeypatch)


@pytest.fixture
def releasable(
    place: Path, tmp_path: Path, server: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:  # fmt: skip
    return _desk("releasable", place, tmp_path, server, monkeypatch)


def _well(ended: Sequence[Ended]) -> None:
    assert [one.code for one in ended] == [0] * len(ended), ended


def _one_well(ended: Sequence[Ended], says: str) -> None:
    """One of the jobs was done; every other says why it was not."""
    failed = [one for one in ended if one.code]
    assert len(failed) == len(ended) - 1, ended
    assert all(says in one.err for one in failed), failed


def test_runs_and_decisions_at_once_are_all_kept(releasable: Desk) -> None:
    """Five processes: two runs into one folder, three files of decisions of which two are the same."""
    (releasable.case / "later.jpg").write_bytes(b"a photo that is new to both runs")
    same, other = list(OPEN.values())[:2], list(OPEN.values())[2:]
    files = [write_rows(releasable.folder / f"{number}.csv", rows) for number, rows in enumerate((same, same, other))]
    run = ("run", releasable.case)
    _well(releasable.at_once(run, run, *(("decide", releasable.case, file) for file in files)))
    kept = [act for act in releasable.acts(PRESERVED) if act.content["path"] == "later.jpg"]
    assert len(kept) == 1
    decisions = [act.content["decision_id"] for act in releasable.acts(DECIDED) if "decision_id" in act.content]
    assert len(decisions) == len(set(decisions)) == len(OPEN)
    out = releasable.folder / "case-findings"
    written = json.loads((out / "run.json").read_bytes())["files"]
    assert written == sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def test_a_run_under_way_keeps_nothing_of_a_source_that_withdraws(sealed: Desk) -> None:
    photo = b"a second photo, which the run is about to keep"
    (sealed.case / "open" / "photo.jpg").write_bytes(photo)
    run, gone = sealed.at_once(("run", sealed.case), ("consent", "withdraw", sealed.case, "W3", "--yes"), turns=(1, 0))
    assert gone.code == 0
    kept = kept_bytes(sealed.case)
    assert photo not in kept
    withdrawn = [act.content["source_id"] for act in sealed.acts(WITHDRAWN)]
    assert withdrawn == ["W3"]
    found = (sealed.folder / "case-findings" / "findings.json").read_text()
    assert run.code == 0, "it reads the case once more"
    assert "A3" not in found


def test_a_run_under_way_keeps_no_name_of_a_case_that_is_locked(sealed: Desk) -> None:
    accounts = sealed.case / "accounts.csv"
    accounts.write_text(accounts.read_text() + "A4,I1,W2,,2017-04-02T10:12,about,F1,air strike,calls/chat.txt\n")
    _, locked = sealed.at_once(("run", sealed.case), ("seal", sealed.case, "--remove-plain", "--yes"), turns=(1, 0))
    assert locked.code == 0, locked
    everything = b"".join(bytes_below(sealed.case).values())
    for secret in (NAME.encode(), b"umm-synthetic", b"calls/chat", VOICE[:60], CHAT[:60]):
        assert secret not in everything
    (again,) = sealed.at_once(("run", sealed.case))
    assert again.code == 0
    assert b"calls/chat" not in b"".join(bytes_below(sealed.case).values())


def test_two_that_seal_at_once_seal_each_thing_once(sealed: Desk) -> None:
    (sealed.case / "calls" / "chat.txt").write_bytes(b"another chat, new to all " * 20)
    seal = ("seal", sealed.case, "--yes")
    _well(sealed.at_once(seal, seal, ("run", sealed.case)))
    items = Vault.open(sealed.case).sealed.items_of("W2")
    assert len(items) == 2, "what was there, and the other chat once"


def test_a_source_withdraws_once(sealed: Desk) -> None:
    job = ("consent", "withdraw", sealed.case, "W1", "--yes")
    _one_well(sealed.at_once(job, job), "has withdrawn already")
    said = [act for act in sealed.acts(WITHDRAWN) if act.content.get("schema") == CONSENT_WITHDRAWN]
    assert len(said) == 1


@pytest.mark.parametrize("turns", [(1, 0), (0, 1)])
def test_nothing_is_unsealed_after_its_source_withdrew(sealed: Desk, turns: tuple[int, int]) -> None:
    out = sealed.folder / "opened"
    opened, gone = sealed.at_once(
        ("unseal", sealed.case, "W1", "--reason", "asked by a court", "--out", out),
        ("consent", "withdraw", sealed.case, "W1", "--yes"),
        turns=turns,
    )
    assert gone.code == 0
    if turns[0] == 0:
        assert opened.code == 0
        assert sealed.acts(UNSEALED)[0].index < sealed.acts(WITHDRAWN)[0].index
        assert "opened" in gone.out
    else:
        assert "has withdrawn" in opened.err
        assert not sealed.acts(UNSEALED)
        assert not out.exists()


def test_two_do_not_unseal_into_one_folder(sealed: Desk) -> None:
    jobs = [
        ("unseal", sealed.case, source, "--reason", "asked", "--out", sealed.folder / "opened")
        for source in ("W1", "W2")
    ]
    _one_well(sealed.at_once(*jobs), "is not a new or empty folder")
    (act,) = sealed.acts(UNSEALED)
    files = [path for path in (sealed.folder / "opened").rglob("*") if path.is_file()]
    assert len(files) == (2 if act.content["source_id"] == "W1" else 1)


def test_bundles_at_once_call_a_source_by_one_name(sealed: Desk) -> None:
    jobs = [("bundle", sealed.case, "--incidents", "I1", "--out", sealed.folder / name) for name in ("a", "b")]
    _well(sealed.at_once(*jobs))
    bags = [sealed.folder / name for name in ("a", "b")]
    for bag in bags:
        assert (
            subprocess.run([sys.executable, bag / "verify.py", bag], capture_output=True, check=False).returncode == 0
        )
    drawn = [act.content["name"] for act in sealed.acts(DECIDED) if act.content.get("schema") == NAMED]
    assert len(drawn) == len(set(drawn))
    rows = [(bag / "data" / "rows").rglob("*.json") for bag in bags]
    named = [
        {name for name in drawn if any(str(name) in file.read_text() for file in files)} for files in map(list, rows)
    ]
    assert named[0] == named[1]


def test_two_do_not_open_items_into_one_file(sealed: Desk) -> None:
    bag, out = sealed.folder / "bag", sealed.folder / "opening.json"
    _well(sealed.at_once(("bundle", sealed.case, "--incidents", "I1", "--out", bag)))
    withheld = [one["id"] for one in json.loads((bag / "data" / "withheld.json").read_bytes())["items"]]
    jobs = [
        ("bundle-open", sealed.case, bag, "--out", out, "--items", item, "--reason", "a court asked")
        for item in withheld[:2]
    ]
    _one_well(sealed.at_once(*jobs), "there is something already")
    opened = [act.content["opened"] for act in Vault.open(sealed.case).acts() if "opened" in act.content]
    assert opened == [[one["id"] for one in json.loads(out.read_bytes())["openings"]]]


def test_no_release_passes_over_what_was_decided_while_it_was_made(releasable: Desk) -> None:
    out, elsewhere = releasable.folder / "out", releasable.folder / "a-lock-that-nobody-takes"
    decided(releasable.case, list(OPEN.values()))
    approve(releasable.case, out)
    contested = write_rows(releasable.folder / "no.csv", [row("review", "I1", "contested", "Reviewer Three")])
    released, said = releasable.at_once(
        ("release-of-one-sentence", releasable.case, out), ("decide", releasable.case, contested), lock=elsewhere
    )
    assert said.code == 0
    assert "was decided or released since" in released.err
    assert not out.exists()
    assert not releasable.acts(PUBLISHED)


def test_one_release_by_two_processes_is_recorded_once(releasable: Desk) -> None:
    outs = [releasable.folder / name for name in ("a", "b")]
    decided(releasable.case, list(OPEN.values()))
    approve(releasable.case, outs[0])
    _well(
        releasable.at_once(
            *(("release-of-one-sentence", releasable.case, out) for out in outs), lock=releasable.folder / "no-lock"
        )
    )
    assert len(releasable.acts(PUBLISHED)) == 1
    assert (outs[0] / "manifest.json").read_bytes() == (outs[1] / "manifest.json").read_bytes()


def test_a_release_and_a_dry_run_into_one_folder_do_not_wait_for_each_other(releasable: Desk) -> None:
    out = releasable.folder / "out"
    decided(releasable.case, list(OPEN.values()))
    approve(releasable.case, out)
    jobs = [
        ("release-of-one-sentence", releasable.case, out),
        ("candidate-of-one-sentence", releasable.case, releasable.folder / "other"),
    ]
    began = time.monotonic()
    _well(releasable.at_once(*jobs, lock=releasable.folder / "no-lock"))
    assert time.monotonic() - began < lock.PATIENCE_S
    assert (out / "manifest.json").is_file()
    (candidate,) = releasable.folder.glob("other-not-published-*/")
    assert (candidate / "report" / "report.md").is_file()


@pytest.mark.parametrize(
    ("job", "held", "what"),
    [
        (("candidate-of-one-sentence", "case", "out"), ".", CANDIDATES),
        (("letters", "case", "--out", "post"), "post", "letters"),
    ],
)
def test_who_waits_for_a_folder_keeps_nobody_from_the_vault(
    releasable: Desk, monkeypatch: pytest.MonkeyPatch, job: Sequence[str], held: str, what: str
) -> None:
    """Else two who take them in turn wait for each other: each job is at the folder once the ledger tells of it."""
    monkeypatch.setattr(lock, "PATIENCE_S", 2.0)
    desk, elsewhere = releasable.folder, releasable.folder / "elsewhere"
    for folder in (elsewhere, desk / held):
        folder.mkdir(exist_ok=True)
    words = [job[0], *(word if word.startswith("--") else desk / word for word in job[1:])]
    descriptor = os.open(desk / held, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)  # as another job does that writes there
    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(releasable.at_once, words, lock=elsewhere / "lock")
        try:
            _until_at_the_folder(releasable, what)
            open_vault(releasable.case).record(DECIDED, [{"what": "merge"}], datetime.now(UTC))
            assert not done.done()
        finally:
            os.close(descriptor)
        _well(done.result())


def _until_at_the_folder(desk: Desk, what: str) -> None:
    """The ledger tells of the job's outputs, which is the last that it does before."""
    until = time.monotonic() + 60
    while time.monotonic() < until and what not in [act.content.get("what") for act in desk.acts(COPIED)]:
        time.sleep(0.05)
    time.sleep(0.5)


def test_letters_in_two_languages_at_once_are_both_in_the_register(releasable: Desk) -> None:
    out = releasable.folder / "letters"
    jobs = [("letters", releasable.case, "--out", out, "--lang", tongue) for tongue in ("en", "ar", "en")]
    _well(releasable.at_once(*jobs))
    register = json.loads((out / "editions.json").read_bytes())["editions"]
    files = {path.name for path in out.iterdir()} - {"editions.json", "editions.md"}
    assert {name for editions in register.values() for one in editions for name in one["files"]} == files
    assert any(name.endswith("-ar.md") for name in files)
    assert any(name.endswith("-en.md") for name in files)
    assert all(len(editions) == 1 for editions in register.values())


def test_drafts_and_notices_at_once_stand_whole(releasable: Desk) -> None:
    decided(releasable.case, [row("correction", "I1", "retraction", due="2020-06-01", reason="a wrong place")])
    report, notices = releasable.folder / "drafts", releasable.folder / "notices"
    draft = ("report", releasable.case, "--out", report, "--format", "md")
    correct = ("correct", releasable.case, "--out", notices)
    _well(releasable.at_once(draft, draft, correct, correct))
    assert {path.name for path in report.iterdir()} == {"run.json", "report-public-en.md"}
    assert (notices / "retraction.md").is_file()
    told = [act.content for act in Vault.open(releasable.case).acts() if "what" in act.content]
    assert len({str(one["what"]) for one in told}) == len(told) == 2


def test_copies_repairs_and_custody_at_once_are_whole(sealed: Desk) -> None:
    copy = sealed.folder / "copy"
    record = (
        "vault",
        "record",
        sealed.case,
        "--kind",
        "received",
        "--exhibit",
        "open/photo.jpg",
        "--by",
        "P1",
        "--yes",
    )
    replicate = ("vault", "replicate", sealed.case, copy)
    _well(sealed.at_once(replicate, replicate, record, ("run", sealed.case)))
    assert len(sealed.acts("received")) == 1
    _well(sealed.at_once(replicate))
    assert check(copy, read_data=True).is_whole
    (victim,) = [
        path for path in (sealed.case / FOLDER / "exhibits").rglob("*") if path.is_file() and path.stat().st_size > 5000
    ]
    was = victim.read_bytes()
    victim.write_bytes(was[:-1] + b"!")
    repair = ("vault", "repair", sealed.case, "--from", copy, "--yes")
    ended = sealed.at_once(repair, repair, record, is_whole=False)
    assert ended[2].code == 0
    assert all(one.code == 0 or "Repair again" in one.err for one in ended), ended
    _well(sealed.at_once(repair))
    assert victim.read_bytes() == was
    assert len(sealed.acts("received")) == 2


def test_answers_from_outside_are_recorded_once(sealed: Desk) -> None:
    witness, answer, request = (sealed.folder / name for name in ("witness", "answer", "request"))
    owner, other = (make_keys(folder, "other.example", yes=True).keyring.signer for folder in (sealed.keys, witness))
    assert owner
    assert other
    add_key(sealed.keys, other.name, other.verifier.as_witness.text)
    add_key(witness, owner.name, owner.verifier.text)
    export_request(sealed.case, request, None)
    jobs = [("vault", "witness", request, "--out", answer, "--dir", witness)] * 2
    _one_well(sealed.at_once(*jobs, lock=witness / "lock"), "is there already")
    authority, asked, stamp = Authority(), sealed.folder / "q.tsq", sealed.folder / "r.tsr"
    (sealed.folder / "root.pem").write_bytes(authority.root_pem)
    add_key(sealed.keys, "stamps", str(sealed.folder / "root.pem"))
    export_timestamp_request(sealed.case, asked)
    stamp.write_bytes(authority.stamp(asked.read_bytes(), datetime.now(UTC)))
    cosign = ("vault", "cosign", sealed.case, answer)
    _well(sealed.at_once(cosign, cosign))
    assert len(sealed.acts(COSIGNED)) == 1
    stamped = ("vault", "timestamp", sealed.case, "--response", stamp)
    _one_well(sealed.at_once(stamped, stamped, cosign)[:2], "is recorded already")
    assert len(sealed.acts(TIMESTAMPED)) == 1


def test_keys_that_are_made_and_added_at_once_are_all_there(sealed: Desk) -> None:
    fresh = sealed.folder / "fresh"
    fresh.mkdir(mode=0o700)
    init = ("keys", "init", "--dir", fresh, "--yes")
    _well(sealed.at_once(init, init, lock=fresh / "lock"))
    keyring = Keyring.open(fresh)
    assert keyring.signer
    assert len(keyring.custodians) == len(keyring.identities()) == 1
    recipient = keyring.custodians[0].recipient
    jobs = [("keys", "add", name, recipient, "--dir", sealed.keys) for name in ("court", "lawyer")]
    _one_well(sealed.at_once(*jobs, lock=sealed.keys / "lock"), "is a custodian already")
    share = ("keys", "share", sealed.case, "--yes")
    _well(sealed.at_once(share, share, ("run", sealed.case)))
    vault = Vault.open(sealed.case)
    keys = [key for source in vault.sealed.sources() for key in vault.sealed.keys_of(source)]
    assert {recipient in key.custodians for key in keys} == {True}


def test_who_waits_in_vain_says_for_whom_and_what_to_do(sealed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE_S", 0.2)
    held = os.open(sealed.case / FOLDER / "lock", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)  # as another process does
    with pytest.raises(VaultNotWritable, match=r"another run .*(?s:.*)Wait until the other run"):
        open_vault(sealed.case).record(DECIDED, [{"what": "merge"}], datetime.now(UTC))
    os.close(held)
    open_vault(sealed.case).record(DECIDED, [{"what": "merge"}], datetime.now(UTC))
