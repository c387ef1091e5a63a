"""What changes a vault for the sake of people, as operations that can be struck: sealing, locking, a withdrawal, keys
that are shared, and a bundle that is handed out.

Salts, keys and tokens are drawn anew each time, so "the same" is asked of what can be opened: the same things of the
same sources, the same tables once their tokens are texts again, the same bag but for salts and what binds them.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from pyrage import x25519
from vault_cases import AT, stored_files
from vault_operations import Operation, Tell, case_of

from bundle_case import write_bundle_case
from consilience.casework.bound_decisions import BOUND_SCHEMA, decisions_of
from consilience.casework.bundling import Plan, plan_bundle, write_bundle
from consilience.casework.cell_tokens import with_texts
from consilience.casework.kept_releases import RELEASE_SCHEMA, STATE_SCHEMA, affected_by, releases_in
from consilience.casework.keys import add_key, make_keys, own_keyring
from consilience.casework.locking import lock, seal_now
from consilience.casework.pipeline import find
from consilience.casework.sharing_keys import share_keys
from consilience.casework.withdrawal import withdraw
from consilience.errors import UsageError
from consilience.quantities import digest_bytes
from consilience.records.decisions import BOUND_DECISION_SCHEMA, WITHDREW
from consilience.vault.acts import COPIED, DECIDED, PUBLISHED, WITHDRAWN
from consilience.vault.beside_ledger import keep_salted
from consilience.vault.bundle import verify
from consilience.vault.checking import check
from consilience.vault.sealed_files import FOLDER, item_path, key_path
from consilience.vault.sealing import CELLS, EXHIBIT, IDENTITY, Label, decrypt, unwrap
from consilience.vault.shelves import BOUND, RELEASES
from consilience.vault.store import Vault

VOICE, CHAT, PHOTO = b"a voice " * 300, b"a chat " * 300, b"a photo " * 300
FILES = {"calls/umm-synthetic.m4a": VOICE, "calls/abu-synthetic.txt": CHAT, "open/photo.jpg": PHOTO}
SECRET = ("umm-synthetic", "abu-synthetic", "Umm Synthetic")
"""What stands in clear nowhere once the case is locked."""
TABLES = {
    "sources": "source_id,role\nW1,direct_witness\nW2,medical_worker\nW3,media_uploader\n",
    "facilities": "facility_id,name,kind,lat,lon\nF1,Hospital one,hospital,35.6,36.6\n",
    "identities": "source_id,name\nW1,Umm Synthetic\n",
    "accounts": "account_id,incident_id,source_id,interview_id,time,time_precision,facility_id,mode,item\n"
    "A1,I1,W1,N1,2017-04-02T10:05,minute,F1,air strike,calls/umm-synthetic.m4a\n"
    "A2,I1,W2,N2,2017-04-02T10:10,about,F1,air strike,calls/abu-synthetic.txt\n"
    "A3,I1,W3,,2017-04-02T10:08,about,F1,air strike,open/photo.jpg\n",
}
INTERVIEWS = "interview_id,source_id,recording,consent\nN1,W1,{0},analysis\nN2,W2,{0},analysis\n"
CASE_TOML = '[case]\nid = "people"\ntime_zone = "Asia/Damascus"\nparties = ["Syrian", "Russian"]\n'
HERS, OF_OTHERS = "Two people were killed before the evening prayer.", "The medical worker heard one aircraft."
DIGESTS = {"hers": digest_bytes(HERS.encode()), "of others": digest_bytes(OF_OTHERS.encode())}
"""What reviews are bound to, by decision."""
BAG, PLAN, KEYS = "bag", "plan.pickle", "keys"
DRAWN = ("data/withheld.json", "data/ledger/", "manifest-sha256.txt", "tagmanifest-sha256.txt", "bundle-root.txt",
         "bag-info.txt")  # fmt: skip
"""Files of a bag that hold salts, or what binds them."""


@contextmanager
def _own_keys(folder: Path) -> Iterator[None]:
    """Jobs of casework find the keys of this operation."""
    with patch.dict(os.environ, {"CONSILIENCE_KEYS": str(folder / KEYS)}):
        yield


def _copied(template: Callable[[], Path]) -> Callable[[Path], None]:
    """A preparation that copies what was made once in this process."""
    return lambda folder: _copy(template(), folder)


def _copy(template: Path, folder: Path) -> None:
    shutil.copytree(template, folder, dirs_exist_ok=True)


def _lasting() -> Path:
    """A folder that goes with this process."""
    made = TemporaryDirectory()
    _KEPT.append(made)
    return Path(made.name)


_KEPT: list[TemporaryDirectory[str]] = []


@cache
def _declared_late() -> Path:
    """A case whose recordings were kept in clear before its sources were declared sealed."""
    folder = _lasting()
    make_keys(folder / KEYS, "proof", yes=True)
    case = case_of(folder)
    for name, data in FILES.items():
        (case / name).parent.mkdir(parents=True, exist_ok=True)
        (case / name).write_bytes(data)
    (case / "case.toml").write_text(CASE_TOML)
    for name, text in {**TABLES, "interviews": INTERVIEWS.format("none")}.items():
        if name != "identities":
            (case / f"{name}.csv").write_text(text)
    with _own_keys(folder):
        find(case)
    (case / "interviews.csv").write_text(INTERVIEWS.format("sealed"))
    (case / "identities.csv").write_text(TABLES["identities"])
    return folder


@cache
def _sealed_once() -> Path:
    folder = _lasting()
    _copy(_declared_late(), folder)
    with _own_keys(folder):
        find(case_of(folder))
    return folder


@cache
def _one_more_custodian() -> Path:
    folder = _lasting()
    _copy(_sealed_once(), folder)
    add_key(folder / KEYS, "newcomer", str(_newcomer().to_public()))
    (folder / "newcomer").write_text(str(_newcomer()))
    return folder


@cache
def _newcomer() -> x25519.Identity:
    return x25519.Identity.generate()


@cache
def _planned() -> Path:
    """A case of which one bundle was made, so that the names of its sources in publications are drawn."""
    folder = _lasting()
    make_keys(folder / KEYS, "proof", yes=True)
    case = write_bundle_case(case_of(folder))
    with _own_keys(folder):
        write_bundle(plan_bundle(case, ["I1"], "partner"), folder / "before")
        plan = plan_bundle(case, ["I1"], "partner")
    shutil.rmtree(folder / "before")
    (folder / PLAN).write_bytes(pickle.dumps({name: getattr(plan, name) for name in Plan.__slots__ if name != "vault"}))
    return folder


@cache
def _released() -> Path:
    """A state with sentences that rest on W1 and on W2, in a release and in what was to be one."""
    folder = _lasting()
    _copy(_sealed_once(), folder)
    case = case_of(folder)
    with _own_keys(folder):
        vault = Vault.open(case, own_keyring().signer)
        for which, words in enumerate((HERS, HERS + " ")):
            state = keep_salted(vault.folder, RELEASES, _state(words))
            bound = keep_salted(vault.folder, BOUND, _bound())
            if which == 0:
                digest = "sha256:" + "0" * 64
                content = {"schema": RELEASE_SCHEMA, "profile": "public", "content": digest, "manifest": digest,
                           "as_of": "2017-06-30", "state": state}  # fmt: skip
                vault.record(PUBLISHED, [content], AT)
                told = [{"schema": BOUND_DECISION_SCHEMA, "decision_id": name, "kind": "review", "target": "I1",
                         "value": "reviewed", "by": "One", "on": "2017-06-30", "bound_to": "finding",
                         "bound_in": bound} for name in DIGESTS]  # fmt: skip
                vault.record(DECIDED, told, AT)
    return folder


def _bound() -> dict[str, object]:
    """What two reviews are bound to, of which one rests on W1."""
    return {"schema": BOUND_SCHEMA, "decisions": {
        name: {"sources": [source], "bound": DIGESTS[name], "parts": {f"evidence:{row}": DIGESTS[name][-16:]}}
        for name, source, row in (("hers", "W1", "A1"), ("of others", "W2", "A2"))
    }}  # fmt: skip


def _state(words: str) -> dict[str, object]:
    said = [{"id": name, "text": text, "rests_on": [row], "under": "Small"}
            for name, text, row in (("s1", words, "A1"), ("s2", OF_OTHERS, "A2"))]  # fmt: skip
    parts = {"wording": HERS, "parts": {"attribution": "0" * 16}}
    return {"schema": STATE_SCHEMA, "incidents": {"I1": parts}, "pieces": {"I1": ["A1"]}, "reports": [],
            "documents": [{"profile": "public", "language": "en", "sentences": said}],
            "rows": {"W1": ["accounts/A1"], "W2": ["accounts/A2"]}, "flights": {}}  # fmt: skip


def _seal(folder: Path, tell: Tell) -> None:
    with _own_keys(folder):
        seal_now(case_of(folder), own_keyring())
    tell()


def _lock(folder: Path, tell: Tell) -> None:
    with _own_keys(folder):
        lock(case_of(folder), own_keyring())
    tell()


def _withdraw(folder: Path, tell: Tell) -> None:
    """It was in a release, and one more was killed before its act; what was said there of others stays."""
    with _own_keys(folder):
        try:
            withdraw(case_of(folder), "W1", own_keyring())
        except UsageError as err:
            if "withdrawn already" not in err.what:
                raise
    tell()


def _share(folder: Path, tell: Tell) -> None:
    with _own_keys(folder):
        share_keys(case_of(folder), own_keyring(), drop_others=False, progress=lambda *_: None)
    tell()


def _bundle(folder: Path, tell: Tell) -> None:
    """Planned before the strike; a bag that stands there is not made again."""
    with _own_keys(folder):
        if not (folder / BAG).exists():
            said = pickle.loads((folder / PLAN).read_bytes())
            found = replace(said.pop("found"), case=case_of(folder))
            vault = Vault.open(case_of(folder), own_keyring().signer)
            write_bundle(Plan(found=found, vault=vault, **said), folder / BAG)
    tell()


def _opened(folder: Path, *, newcomer: bool = False) -> list[tuple[Label, bytes]]:
    """All that is sealed, opened with a custodian's key and by no act; every sealed thing opens, or this raises."""
    case = case_of(folder)
    vault, place = Vault.open(case), case / ".consilience" / FOLDER
    [own] = own_keyring(folder / KEYS).identities()
    custodian = x25519.Identity.from_str((folder / "newcomer").read_text()) if newcomer else own
    found = []
    for source in sorted(vault.sealed.sources()):
        for key in vault.sealed.keys_of(source):
            wrapped = (place / key_path(key.file_id)).read_bytes()
            identity = unwrap(wrapped, key.key_id, key.recipient, custodian)
            for item in vault.sealed.items_of(source):
                if item.key_id == key.key_id:
                    out = io.BytesIO()
                    with (place / item_path(item.item_id)).open("rb") as sealed:
                        found.append((decrypt(sealed, out, identity, item.item_id, item.commitment), out.getvalue()))
    return found


def _assert_whole(folder: Path) -> None:
    """Nothing is damaged; what a removal that was broken off left is named, and is all that is."""
    found = check(case_of(folder), read_data=True).damaged
    others = [str(damage) for damage in found if "destroyed" not in damage.what]
    assert not others, others
    Vault.open(case_of(folder))


def _assert_nothing_lost(folder: Path, *, gone: tuple[str, ...] = ()) -> None:
    """Each file is in the folder or sealed, each name too, and each table is what it was once its tokens are texts."""
    opened = _opened(folder)
    sealed = {(label.source_id, digest_bytes(data)) for label, data in opened}
    for source, name in (("W1", "calls/umm-synthetic.m4a"), ("W2", "calls/abu-synthetic.txt")):
        file = case_of(folder) / name
        is_there = file.exists() and file.read_bytes() == FILES[name]
        assert is_there or (source, digest_bytes(FILES[name])) in sealed or source in gone, f"{name} is lost"
    names = case_of(folder) / "identities.csv"
    in_clear = names.exists() and names.read_text() == TABLES["identities"]
    assert in_clear or "W1" in gone or any(label.kind == IDENTITY for label, _ in opened), "a name is lost"
    assert (case_of(folder) / "open" / "photo.jpg").read_bytes() == PHOTO
    if not gone:
        assert _table(folder, (case_of(folder) / "accounts.csv").read_bytes()) == TABLES["accounts"].encode()


def _table(folder: Path, data: bytes) -> bytes:
    """With texts in the place of tokens."""
    cells = {}
    for label, held in _opened(folder):
        if label.kind == CELLS:
            cells.update(json.loads(held)["cells"])
    return with_texts(data, cells)


def _holds_seal(folder: Path, told: int) -> None:
    _assert_whole(folder)
    _assert_nothing_lost(folder)
    if told:
        assert {label.source_id for label, _ in _opened(folder)} == {"W1", "W2"}
        kept = {str(one.path) for one in Vault.open(case_of(folder)).kept().values()}
        assert not kept & {"calls/umm-synthetic.m4a", "calls/abu-synthetic.txt"}, "still in clear in the vault"
        assert not any(
            VOICE in data or CHAT in data for data in stored_files(case_of(folder) / ".consilience").values()
        )


def _holds_lock(folder: Path, told: int) -> None:
    _assert_whole(folder)
    _assert_nothing_lost(folder)
    if told:
        files = stored_files(case_of(folder))
        own = {name: data for name, data in files.items() if not name.startswith(".consilience/ledger/")}
        for secret in SECRET:
            assert not any(secret in name or secret.encode() in data for name, data in own.items()), secret


def _holds_withdrawal(folder: Path, told: int) -> None:
    _assert_whole(folder)
    is_gone = "W1" in Vault.open(case_of(folder)).sealed.withdrawn
    _assert_nothing_lost(folder, gone=("W1",) if is_gone else ())
    assert is_gone or not told, "an acknowledged withdrawal is lost"
    kept = stored_files(case_of(folder) / ".consilience" / "releases")
    assert any(OF_OTHERS.encode() in data for data in kept.values()), "what was said of others is lost"
    bound = stored_files(case_of(folder) / ".consilience" / "bound")
    assert any(DIGESTS["of others"].encode() in data for data in bound.values()), "what others' reviews are bound to"
    reviews = {one.decision_id: one for one in decisions_of(Vault.open(case_of(folder)))}
    assert (reviews["hers"].unbound, reviews["of others"].bound) == (WITHDREW if is_gone else "", DIGESTS["of others"])
    [release] = releases_in(Vault.open(case_of(folder)).acts())
    if is_gone:
        [hers] = affected_by(case_of(folder) / ".consilience", release, "s1") or ()
        assert hers.removed_on
    if told:
        assert not any(HERS.encode() in data for data in kept.values()), "words of who withdrew"
        assert not any(DIGESTS["hers"][-16:].encode() in data for data in bound.values()), "digests of what she said"
        assert not check(case_of(folder), read_data=True).damaged, "an acknowledged withdrawal left a key"


def _holds_share(folder: Path, told: int) -> None:
    _assert_whole(folder)
    _assert_nothing_lost(folder)
    if told:
        assert _opened(folder, newcomer=True) == _opened(folder)


def _holds_bag(folder: Path, told: int) -> None:
    """A bag that stands there is whole, and the ledger knew of it before; what it holds can be opened."""
    _assert_whole(folder)
    assert told <= (folder / BAG).exists(), "an acknowledged bag is lost"
    if (folder / BAG).exists():
        report = verify.verify(str(folder / BAG), Namespace(root=None, key=None, opening=None))
        assert not report.reasons, report.reasons
        root = digest_bytes((folder / BAG / "tagmanifest-sha256.txt").read_bytes())
        acts = Vault.open(case_of(folder)).acts()
        assert any(act.kind == COPIED and act.content.get("root") == root for act in acts), "no act tells of the bag"


def _ends_sealed(folder: Path, holds: Callable[[Path, int], None]) -> object:
    """What is sealed of whom, what stands in clear and what was kept, tokens aside."""
    holds(folder, 1)
    case, vault = case_of(folder), Vault.open(case_of(folder))
    assert not check(case, read_data=True).damaged
    assert not list(folder.rglob("*.part")), "a trace of the write that was struck"
    sealed = {
        (one.kind, one.source_id, one.path, one.digest if one.kind == EXHIBIT else "") for one, _ in _opened(folder)
    }
    names = [name for name in stored_files(case) if not name.startswith(".consilience/")]
    tables = {(str(one.path), _table(folder, vault.read_exhibit(one.digest))) for one in vault.kept().values()}
    told = sum(act.kind == WITHDRAWN for act in vault.acts())
    custodians = {(key.source_id, len(key.custodians)) for key in vault.sealed.keys.values()}
    return sealed, names, tables, told, custodians


def _ends_bag(folder: Path) -> object:
    _holds_bag(folder, 1)
    assert not list(folder.rglob("*.part"))
    assert not [path for path in folder.iterdir() if path.name.startswith(".")], "a trace of the bag that was struck"
    files = stored_files(folder / BAG)
    return sorted(files), {name: data for name, data in files.items() if not name.startswith(DRAWN)}


OF_PEOPLE: dict[str, Operation] = {
    "seal": Operation(_copied(_declared_late), _seal, _holds_seal, lambda folder: _ends_sealed(folder, _holds_seal)),
    "lock": Operation(_copied(_sealed_once), _lock, _holds_lock, lambda folder: _ends_sealed(folder, _holds_lock)),
    "withdraw": Operation(
        _copied(_released), _withdraw, _holds_withdrawal, lambda folder: _ends_sealed(folder, _holds_withdrawal)
    ),
    "share keys": Operation(
        _copied(_one_more_custodian), _share, _holds_share, lambda folder: _ends_sealed(folder, _holds_share)
    ),
    "bundle": Operation(_copied(_planned), _bundle, _holds_bag, _ends_bag),
}
"""By name."""
