"""Sealed sources and their exhibits: never kept in clear, and findings don't know the difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from sealed_folder import CHAT, NAME, PHONE, PHOTO, VOICE, kept_bytes, own_keys, write_sealed_case

import consilience
from case_copies import bytes_below
from consilience.casework import locking
from consilience.casework.cell_tokens import with_texts, with_tokens
from consilience.casework.locking import lock, plan_lock, seal_now
from consilience.casework.people import read_apart
from consilience.casework.roles import FILE as ROLES_FILE
from consilience.casework.roles import IDENTITY_CUSTODIAN, NEEDS, ROLES
from consilience.casework.unsealing import unseal
from consilience.errors import KeysUnusable, UsageError
from consilience.quantities import digest_bytes
from consilience.records.left_out import Why
from consilience.vault.checking import check
from consilience.vault.keyring import Keyring
from consilience.vault.store import Vault

SECRETS = (VOICE, CHAT, NAME.encode(), PHONE.encode())


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write_sealed_case(tmp_path / "case")


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    return own_keys(tmp_path / "keys", monkeypatch)


def _run(case: Path) -> bytes:
    out = case.parent / f"{case.name}-findings"
    consilience.open_case(case).run(out=out)
    return (out / "findings.json").read_bytes()


def _assert_nothing_in_clear(case: Path) -> None:
    kept = kept_bytes(case)
    assert not [secret[:20] for secret in SECRETS if secret in kept]
    assert PHOTO in kept
    assert check(case, read_data=True).is_whole


def test_findings_are_the_same_bytes_without_custodians_sealed_and_locked(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = _run(case)
    _assert_nothing_in_clear(case)
    notices = [item for item in read_apart(case).records.left_out if item.why is Why.SEALED_NOT_KEPT]
    assert notices
    keys = own_keys(tmp_path / "keys", monkeypatch)
    assert _run(case) == without
    _assert_nothing_in_clear(case)
    lock(case, keys)
    assert _run(case) == without
    assert b"umm-synthetic" not in kept_bytes(case)
    _assert_nothing_in_clear(case)


@pytest.mark.usefixtures("keys")
def test_a_run_seals_once(case: Path) -> None:
    _run(case)
    before = Vault.open(case).root()
    _run(case)
    assert Vault.open(case).root() == before
    (case / "calls/chat.txt").write_bytes(CHAT + b"and more")
    _run(case)
    assert len(Vault.open(case).sealed.items_of("W2")) == 2, "a new version beside the old one"


@pytest.mark.usefixtures("keys")
def test_outputs_call_a_sealed_exhibit_by_the_row_that_cites_it(case: Path) -> None:
    _run(case)
    records = read_apart(case).records
    items = records.tables["accounts"].select("account_id", "item").rows()
    assert items == [("A1", "sealed:accounts/A1"), ("A2", "sealed:accounts/A2"), ("A3", "open/photo.jpg")]
    assert records.tables["interviews"]["item"].to_list() == ["sealed:accounts/A1", "sealed:accounts/A2"]
    assert [str(file.path) for file in records.files if file.table is None] == ["case.toml", "open/photo.jpg"]


@pytest.mark.parametrize("item", [r"CALLS\Chat.TXT", "./calls/chat.txt", "calls"])
@pytest.mark.usefixtures("keys")
def test_an_exhibit_is_sealed_however_its_path_is_written(case: Path, item: str) -> None:
    for table in ("accounts", "interviews"):
        file = case / f"{table}.csv"
        file.write_text(file.read_text("utf-8").replace("calls/chat.txt", item), "utf-8")
    _run(case)
    _assert_nothing_in_clear(case)


@pytest.mark.usefixtures("keys")
def test_a_sealed_interview_without_a_source_is_sealed_all_the_same(case: Path) -> None:
    interviews = case / "interviews.csv"
    interviews.write_text(interviews.read_text("utf-8").replace("N2,W2,sealed", "N2,,sealed"), "utf-8")
    accounts = case / "accounts.csv"
    accounts.write_text(accounts.read_text("utf-8").replace("A2,I1,W2,N2", "A2,I1,,"), "utf-8")
    _run(case)
    assert CHAT not in kept_bytes(case)
    assert "interview N2" in Vault.open(case).sealed.sources()


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("table", "written", "instead"),
    [
        ("accounts", "2017-04-02T10:10", "some day"), ("interviews", "N2,W2,sealed", "N2,Nobody-known,sealed"),
        ("interviews", "calls/chat.txt", "calls/chat.txt\nN2,W9,none,analysis,else.txt"),
        ("interviews", "N2,W2", '"N2,W2'),
    ],
    ids=["a bad time", "an unknown source", "one key twice", "a quotation mark never closed"],
)  # fmt: skip
def test_a_row_that_cannot_be_used_still_seals_what_it_cites(
    case: Path, table: str, written: str, instead: str
) -> None:
    (case / "loose").mkdir()
    (case / "calls/chat.txt").rename(case / "loose/chat.txt")
    for name in ("accounts", "interviews"):
        file = case / f"{name}.csv"
        cites = "loose/chat.txt" if name == table else "open/photo.jpg"
        file.write_text(file.read_text("utf-8").replace("calls/chat.txt", cites), "utf-8")
    file = case / f"{table}.csv"
    assert written.replace("calls", "loose") in file.read_text("utf-8")
    file.write_text(
        file.read_text("utf-8").replace(written.replace("calls", "loose"), instead.replace("calls", "loose")), "utf-8"
    )
    names = case / "identities.csv"
    names.write_text(names.read_text("utf-8") + "W2,Abu Synthetic,\n", "utf-8")
    assert read_apart(case).read.left_out
    _run(case)
    assert CHAT not in kept_bytes(case)


def test_a_cell_that_cannot_be_replaced_is_refused_by_its_place(case: Path, keys: Keyring) -> None:
    accounts = case / "accounts.csv"
    accounts.write_text(accounts.read_text("utf-8").replace('"calls/chat.txt"', "\u200fcalls/chat.txt"), "utf-8")
    with pytest.raises(UsageError, match="row 3, column item"):
        lock(case, keys)
    assert (case / "calls/chat.txt").read_bytes() == CHAT


@pytest.mark.usefixtures("keys")
def test_a_copy_under_another_name_is_sealed_too(case: Path) -> None:
    (case / "spare.bin").write_bytes(VOICE)
    accounts = case / "accounts.csv"
    accounts.write_text(accounts.read_text("utf-8").replace("open/photo.jpg", "spare.bin"), "utf-8")
    _run(case)
    kept = kept_bytes(case)
    assert VOICE not in kept
    items = read_apart(case).records.tables["accounts"]["item"].to_list()
    assert items == ["sealed:accounts/A1", "sealed:accounts/A2", "sealed:accounts/A1"]


@pytest.mark.usefixtures("keys")
def test_what_an_earlier_run_kept_in_clear_is_sealed_and_a_tombstone_says_so(case: Path) -> None:
    names, interviews = (case / "identities.csv"), (case / "interviews.csv")
    later = names.read_bytes(), interviews.read_bytes()
    names.unlink()
    interviews.write_text(interviews.read_text("utf-8").replace("sealed", "none"), "utf-8")
    _run(case)
    assert VOICE in kept_bytes(case)
    (case / "calls/umm-synthetic.m4a").write_bytes(VOICE + b"second take")
    _run(case)
    names.write_bytes(later[0])
    interviews.write_bytes(later[1])
    _run(case)
    kept = kept_bytes(case)
    assert VOICE not in kept
    assert CHAT not in kept
    vault = Vault.open(case)
    assert check(case, read_data=True).is_whole
    assert len(vault.sealed.cleared) == 3
    assert len(vault.sealed.items_of("W1")) == 3, "both takes and the name"
    assert any("act" in line for line in plan_lock(case).noted), "the old act still names the file, and that is said"


def test_locking_takes_everything_out_of_the_folder_and_unsealing_brings_it_back(
    case: Path, tmp_path: Path, keys: Keyring
) -> None:
    before = bytes_below(case)
    plan = lock(case, keys)
    assert sorted(map(str, plan.plain)) == ["calls/chat.txt", "calls/umm-synthetic.m4a", "identities.csv"]
    assert not (case / "calls").exists(), "a folder's name may be a person's"
    everything = b"".join(bytes_below(case).values())
    assert not [secret[:20] for secret in (*SECRETS, b"umm-synthetic", b"chat.txt") if secret in everything]
    for source, name, data in (("W1", "calls/umm-synthetic.m4a", VOICE), ("W2", "calls/chat.txt", CHAT)):
        out = tmp_path / f"opened {source}"
        found = unseal(case, source, keys, "a test", out)
        assert (out / "exhibits" / name).read_bytes() == data
        assert found.identity == ([{"source_id": "W1", "name": NAME, "contact": PHONE}] if source == "W1" else [])
        assert out.stat().st_mode & 0o777 == 0o700
        assert all(path.stat().st_mode & 0o077 == 0 for path in out.rglob("*"))
        assert name.encode() in (out / "tables" / "accounts.csv").read_bytes()
    assert {name: data for name, data in bytes_below(case).items() if name == "open/photo.jpg"} == {
        "open/photo.jpg": before["open/photo.jpg"]
    }


def test_a_table_comes_back_byte_for_byte_while_all_its_sources_have_their_keys(case: Path, keys: Keyring) -> None:
    data = (case / "accounts.csv").read_bytes()
    tokens = {"calls/umm-synthetic.m4a": "sealed:aa", "calls/chat.txt": "sealed:bb"}
    done = with_tokens(data, tokens)
    assert done.replaced == set(tokens)
    assert b"calls" not in done.data
    assert with_texts(done.data, {token: text for text, token in tokens.items()}) == data
    _run(case)
    lock(case, keys)
    vault = Vault.open(case)
    versions = [kept for kept in vault.kept().values() if kept.path.name == "accounts.csv"]
    assert len(versions) == 1
    assert vault.read_exhibit(versions[0].digest) == (case / "accounts.csv").read_bytes()
    assert digest_bytes(data) in vault.versions(versions[0].path), "the ledger still says what the table was"


@pytest.mark.parametrize(
    ("cell", "is_whole"),
    [("a,b.mp4", True), ('he said "x".mp4', True), ("a.mp4", True), ("xa.mp4", False), ("a.mp4.bak", False)],
)
def test_a_token_replaces_whole_cells_alone(cell: str, is_whole: bool) -> None:
    text = "a.mp4" if not is_whole else cell
    row = f'A1,"{cell.replace(chr(34), chr(34) * 2)}",x\n'.encode()
    done = with_tokens(b"id,item,note\n" + row, {text: "sealed:aa"})
    assert (done.replaced == {text}) is is_whole
    assert bool(done.left) is not is_whole, "what is left is told by its line"


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_a_name_in_a_spreadsheet_is_refused_by_its_cell_and_nothing_is_done(
    case: Path, keys: Keyring, suffix: str
) -> None:
    frame = pl.read_csv(case / "accounts.csv", infer_schema=False)
    file = (case / "accounts.csv").with_suffix(suffix)
    frame.write_excel(file) if suffix == ".xlsx" else frame.write_parquet(file)
    (case / "accounts.csv").unlink()
    before = bytes_below(case)
    with pytest.raises(UsageError) as raised:
        lock(case, keys)
    assert f"accounts{suffix}, row 2, column item" in str(raised.value)
    assert "synthetic" not in str(raised.value)
    assert bytes_below(case) == before


@pytest.mark.usefixtures("keys")
def test_without_a_private_key_nothing_in_clear_is_removed(case: Path, tmp_path: Path) -> None:
    for file in (tmp_path / "keys" / "identities").iterdir():
        file.unlink()
    before = {name for name in bytes_below(case) if not name.startswith(".consilience")}
    with pytest.raises(KeysUnusable):
        lock(case, Keyring.open(tmp_path / "keys"))
    assert {name for name in bytes_below(case) if not name.startswith(".consilience")} == before


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of the case as it was written."""
    return _run(write_sealed_case(tmp_path_factory.mktemp("once") / "case"))


@pytest.mark.parametrize(
    ("step", "nth"),
    [("_test", 1), ("seal", 1), ("_preserve", 2), ("_remove", 2), ("clear", 1), ("_rewrite", 1), ("_rewrite", 2)],
)  # fmt: skip
def test_a_lock_that_is_broken_off_anywhere_leaks_nothing_and_goes_on(
    case: Path, keys: Keyring, findings: bytes, monkeypatch: pytest.MonkeyPatch, step: str, nth: int
) -> None:
    _run(case)
    calls, whole = 0, getattr(locking, step)

    def breaks(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise KeyboardInterrupt
        return whole(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(locking, step, breaks)
        with pytest.raises(KeyboardInterrupt):
            lock(case, keys)
    assert _run(case) == findings
    _assert_nothing_in_clear(case)
    lock(case, keys)
    assert _run(case) == findings
    everything = b"".join(bytes_below(case).values())
    assert not [secret[:20] for secret in (*SECRETS, b"umm-synthetic", b"chat.txt") if secret in everything]
    for source, data in (("W1", VOICE), ("W2", CHAT)):
        out = case.parent / source
        unseal(case, source, keys, "a test", out)
        assert data in bytes_below(out).values()


@pytest.mark.usefixtures("keys")
def test_a_new_cache_costs_another_sealing_and_nothing_else(case: Path) -> None:
    findings = _run(case)
    shutil.rmtree(case / ".consilience" / "cache")
    assert _run(case) == findings
    _assert_nothing_in_clear(case)


def test_sealing_at_once_leaves_the_folder_as_it_is(case: Path, keys: Keyring) -> None:
    before = bytes_below(case)
    assert seal_now(case, keys).new == 3
    after = bytes_below(case)
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("act", ["seal", "lock", "unseal"])
def test_a_wrong_role_is_refused_before_anything_is_done(case: Path, keys: Keyring, act: str) -> None:
    _run(case)
    others = [role for role in ROLES if role != NEEDS[act]]
    (keys.folder / ROLES_FILE).write_text("\n".join(others) + "\n", "utf-8")
    root = Vault.open(case).root()
    do: dict[str, Callable[[], object]] = {
        "seal": lambda: seal_now(case, keys),
        "lock": lambda: lock(case, keys),
        "unseal": lambda: unseal(case, "W1", keys, "a test"),
    }
    with pytest.raises(UsageError, match=NEEDS[act]):
        do[act]()
    assert Vault.open(case).root() == root
    (keys.folder / ROLES_FILE).write_text(f"# of this machine\n{NEEDS[act]}\n{NEEDS['seal']}\n", "utf-8")
    if act == "unseal":
        assert unseal(case, "W1", keys, "a test").identity[0]["name"] == NAME


def test_a_role_that_is_none_is_named(case: Path, keys: Keyring) -> None:
    (keys.folder / ROLES_FILE).write_text("king\n", "utf-8")
    with pytest.raises(UsageError, match="king"):
        seal_now(case, keys)
    assert IDENTITY_CUSTODIAN in ROLES


def test_what_is_unsealed_never_lands_in_the_case(case: Path, keys: Keyring, tmp_path: Path) -> None:
    _run(case)
    root = Vault.open(case).root()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    for out in (case, case / "opened", tmp_path, tmp_path / "full"):
        with pytest.raises(UsageError):
            unseal(case, "W1", keys, "a test", out)
    assert Vault.open(case).root() == root
