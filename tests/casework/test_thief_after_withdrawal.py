"""Whoever takes all of `.consilience/` after a withdrawal and guesses right can't find out that the guess is right."""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from earlier_decisions_acts import old_content
from release_examples import COUNSEL, OPEN, Row, approve, decided, own_ring, row, silence, tried, write_case
from test_blanked_releases import GONE, RESTS, refuse_reading, said
from typer.testing import CliRunner

from consilience.casework.acting_time import now
from consilience.casework.bound_decisions import decisions_of, read_bound
from consilience.casework.decision_rows import RESTS_ON
from consilience.casework.decisions_of_case import decisions_in, finding_digest, finding_scope, is_code
from consilience.casework.earlier_decisions import words_of
from consilience.casework.kept_releases import releases_in
from consilience.casework.pipeline import find
from consilience.casework.resting_rows import Rows, rows_of_case
from consilience.casework.reviewing import review
from consilience.casework.withdrawal import reach_of, withdraw
from consilience.cli.main import app
from consilience.errors import UsageError
from consilience.publish.document import Sentence
from consilience.quantities import canonical_json
from consilience.records.decisions import WITHDREW, Decision
from consilience.records.tables import TABLES
from consilience.vault.acts import DECIDED
from consilience.vault.checking import Fault, check
from consilience.vault.keyring import Keyring
from consilience.vault.mending import carry_out
from consilience.vault.repair import plan_repair
from consilience.vault.replicas import replicate
from consilience.vault.store import Vault
from consilience.vault.stores import open_store

SIGNED = ("a1", "totals", "other", "place")
"""Sentences that counsel signs one by one: the first two rest on what W1 told."""


@dataclass(frozen=True, slots=True)
class Guess:
    """All that a thief guesses, to the byte: what was digested once, by what it is."""

    said: Mapping[str, bytes]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield Keyring.open(folder)


@pytest.fixture(scope="module")
def released(keys: Keyring, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with reviews, sign-offs of the incident and of sentences, and a release."""
    assert keys.signer
    case = write_case(tmp_path_factory.mktemp("released") / "case")
    rows = rows_of_case(find(case, progress=silence))
    signed = [_signed(rows, name) for name in SIGNED]
    first = {**OPEN["first review"], "scope": _code(case)}
    assert not decided(case, [*({**OPEN, "first review": first}).values(), *signed]).bad
    approve(case, case.parent / "one", "public", said)
    assert tried(case, case.parent / "one", reports=said).reasons == ()
    return case


@pytest.fixture
def case(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "case"))


def _code(case: Path) -> str:
    """As a template has it of the finding."""
    found = find(case, progress=silence)
    [block] = found.findings["incidents"]
    return finding_scope(finding_digest(block), rows_of_case(found).of_finding(block))


def _sentence(name: str) -> Sentence:
    text, rests = RESTS[name]
    return Sentence(name, text, tuple(rests))


def _signed(rows: Rows, name: str) -> Row:
    bound = rows.behind(_sentence(name))
    rests_on = RESTS_ON.join(bound.parts)
    return row("sign_off", f"public/en/{name}", "risk", COUNSEL, scope=bound.code, rests_on=rests_on)


def _guess(case: Path) -> Guess:
    """What the thief needs to know of what W1 told: rows, sentences, the finding, codes, and the files that went."""
    found = find(case, progress=silence)
    rows, [block] = rows_of_case(found), found.findings["incidents"]
    digest, parts = finding_digest(block), rows.of_finding(block)
    told: dict[str, object] = {
        "the finding": block, "its code": [digest, dict(sorted(parts.items()))],
        "its rows": dict(sorted(rows.beside["I1"].items())),
    }  # fmt: skip
    told |= {f"part {name}": block[name] for name in ("casualties", "attribution", "time", "confidence")}
    for table, key in (("accounts", "A1"), ("media", "M1"), ("interviews", "V1")):
        frame = found.records.tables[table]
        [values] = frame.filter(frame[TABLES[table].key or ""] == key).select(
            list(TABLES[table].canonical())[:-2]
        ).iter_rows(named=True)  # fmt: skip
        said_by_row = {column: str(value) for column, value in values.items() if value not in (None, [])}
        told |= {f"row {key}": said_by_row, f"row {key} by id": ["", said_by_row]}
        told[f"row {key} as evidence"] = [rows.by_id[key]]
    for name in ("a1", "totals"):
        sentence = _sentence(name)
        bound = rows.behind(sentence)
        told[f"sentence {name}"] = sentence.text
        told[f"rows of {name}"] = dict(sorted(bound.parts.items()))
    told["sentence a1 and its row"] = [RESTS["a1"][0], ["accounts/A1"]]
    told["sentence a1 and its name"] = [RESTS["a1"][0], ["A1"]]
    coded = [one for one in decisions_of(Vault.open(case)) if is_code(one)]
    listed = {f"words and code of {one.decision_id}": list(words_of(one)) for one in coded}
    kept = {str(path): path.read_bytes() for shelf in ("releases", "bound") for path in _files(case, shelf)}
    plain = {name: text.encode() for name, text in told.items() if isinstance(text, str)}
    return Guess({**{name: canonical_json(value) for name, value in {**told, **listed}.items()}, **plain, **kept})


def _files(case: Path, shelf: str) -> list[Path]:
    return [path for path in sorted((case / ".consilience" / shelf).rglob("*")) if path.is_file()]


def _stolen(folder: Path) -> bytes:
    """All that the thief has, names of files too, but the versions of tables: there rows stand in clear."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    taken = [path for path in files if "exhibits" not in path.relative_to(folder).parts]
    names = "\n".join("".join(path.relative_to(folder).parts[-2:]) for path in taken).encode()
    return names + b"\n" + b"\n".join(path.read_bytes() for path in taken)


def _confirmed(guess: Guess, folder: Path) -> set[str]:
    """What of the guess the thief finds by its digest, of any length from 64 bits on, plain or under any salt there."""
    stolen = _stolen(folder)
    salts = sorted({bytes.fromhex(one.decode()) for one in re.findall(rb'"salt": ?"([0-9a-f]{32})"', stolen)})
    assert len(salts) > 10
    return {
        name
        for name, preimage in _with_salts_put_in(guess, salts)
        if any(digest.hex()[:16].encode() in stolen or digest in stolen for digest in _digests(preimage, salts))
    }


def _with_salts_put_in(guess: Guess, salts: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each guess, and of a file whose content is known but not the salt in it that content under every salt there."""
    for name, data in guess.said.items():
        if "/" in name and data.startswith(b"{"):
            content = json.loads(data)
            content.pop("salt")
            yield from ((name, canonical_json({**content, "salt": salt.hex()})) for salt in salts)
            yield name, canonical_json(content)
        else:
            yield name, data


def _digests(data: bytes, salts: Sequence[bytes]) -> Iterator[bytes]:
    yield hashlib.sha256(data).digest()
    for salt in salts:
        yield hmac.digest(salt, data, "sha256")
        yield hashlib.sha256(salt + data).digest()
        yield hashlib.sha256(data + salt).digest()
        yield hashlib.sha256(salt.hex().encode() + data).digest()


def test_after_a_withdrawal_a_thief_of_case_or_replica_can_confirm_no_guess(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    guess, store_of = _guess(case), open_store(str(tmp_path / "replica"))
    replicate(case, store_of)
    before = _confirmed(guess, case / ".consilience")
    assert {"the finding", "its code", "row A1", "row A1 as evidence", "part casualties"} <= before, "finds nothing"
    assert before == _confirmed(guess, tmp_path / "replica")
    assert any("/releases/" in name for name in before), "the state under its own salt"
    assert any("/bound/" in name for name in before)
    reach = reach_of(case, "W1")
    assert reach.decisions == len(OPEN) + 2, "reviews and sign-offs of I1, and of two sentences"
    assert withdraw(case, "W1", keys).decisions == reach.decisions
    replicate(case, store_of)
    for place in (case / ".consilience", tmp_path / "replica"):
        assert _confirmed(guess, place) == set()
        assert not any(text.encode() in _stolen(place) for text in GONE)
    assert not check(case, read_data=True).damaged
    plan = plan_repair(case, store_of)
    assert (plan.mends, plan.beyond) == ((), ()), "and nothing brings it back"


def test_acts_hold_no_digest_of_what_a_decision_is_bound_to_and_its_id_none_either(case: Path) -> None:
    guess = _guess(case)
    ledger = b"\n".join(path.read_bytes() for path in _files(case, "ledger"))
    found = {name for name, data in guess.said.items() if hashlib.sha256(data).hexdigest()[:16].encode() in ledger}
    assert {name for name in found if "/" not in name} == set()
    vault = Vault.open(case)
    told, filled = decisions_in(vault.acts()), decisions_of(vault)
    assert all(one.bound is None and not one.bound_parts and ":" not in one.scope for one in told)
    assert sum(one.bound is not None for one in filled) == len(OPEN)
    assert sum("." in one.scope for one in filled) == len(SIGNED)


def test_of_an_act_of_the_old_form_the_thief_confirms_what_the_documents_admit(case: Path, keys: Keyring) -> None:
    """It stands in the ledger for good, and it is read as ever; else the other tests would prove nothing."""
    guess = _guess(case)
    vault = Vault.open(case, keys.signer)
    [first] = [one for one in decisions_of(vault) if one.by == OPEN["first review"]["by"] and one.kind == "review"]
    decided(case, [row("withdraw", first.decision_id, reason="as an earlier version wrote it", by=COUNSEL)])
    Vault.open(case, keys.signer).record(DECIDED, [old_content(_renamed(first))], now())
    [status] = review(case, progress=silence)
    assert len(status.by) == 2, "bound by its act alone, it holds"
    withdraw(case, "W1", keys)
    assert "part casualties" in _confirmed(guess, case / ".consilience")


def _renamed(one: Decision) -> Decision:
    return replace(one, decision_id="old", bound_in="")


def test_a_review_that_rested_on_the_source_must_be_given_again_and_can_be_in_the_same_words(
    case: Path, keys: Keyring
) -> None:
    withdraw(case, "W1", keys)
    [status] = review(case, progress=silence)
    asked = "can't be compared any more since a source withdrew: it must be given again"
    assert (status.by, len(status.outdated_by), status.signed) == ((), 2, ())
    assert f"reviewed on a finding that {asked}" in status.open
    assert f"sign-off for risk was given on a finding that {asked}" in status.open
    unbound = [one for one in decisions_of(Vault.open(case)) if one.unbound]
    assert {one.unbound for one in unbound} == {WITHDREW}
    assert len(unbound) == len(OPEN) + 2
    done = decided(case, list(OPEN.values()))
    assert (done.bad, len(done.recorded), done.already) == ((), len(OPEN), ())
    assert len({one.decision_id for one in decisions_of(Vault.open(case))}) == len(decisions_of(Vault.open(case)))
    [status] = review(case, progress=silence)
    assert status.open == ()
    assert decided(case, list(OPEN.values())).recorded == (), "once is enough"


def test_what_a_decision_is_bound_to_is_missed_by_name_and_restored(case: Path, tmp_path: Path) -> None:
    store_of = open_store(str(tmp_path / "replica"))
    replicate(case, store_of)
    [file] = _files(case, "bound")
    whole = file.read_bytes()
    for harm, fault in ((None, Fault.GONE), (whole.replace(b'"salt":"', b'"salt":"0', 1), Fault.ALTERED)):
        if harm is None:
            file.unlink()
        else:
            file.write_bytes(harm)
        [damage] = check(case, read_data=True).damaged
        assert (damage.fault, str(damage.path)) == (fault, str(file.relative_to(case / ".consilience")))
        assert len(damage.acts) == len(OPEN) + len(SIGNED), "the decisions that rest on it"
        [status] = review(case, progress=silence)
        assert (status.by, status.status) == ((), "reviewed")
        assert "can't be compared, as what it was bound to can't be read" in status.open[0]
        plan = plan_repair(case, store_of)
        assert [str(one.path) for one in plan.mends] == [str(damage.path)]
        carry_out(case, store_of, plan)
        assert file.read_bytes() == whole
    [status] = review(case, progress=silence)
    assert status.open == ()


def test_a_damaged_file_is_destroyed_unread_when_anybody_withdraws_and_the_preview_advises_repair(
    case: Path, keys: Keyring
) -> None:
    [file] = _files(case, "bound")
    file.write_bytes(b"not what it was")
    done = CliRunner().invoke(app, ["consent", "withdraw", str(case), "OBS1"])
    assert "1 files of what decisions are bound to are damaged or gone" in done.output
    assert "vault repair" in done.output
    reach = withdraw(case, "OBS1", keys)
    assert (reach.decisions, reach.damaged_decisions) == (0, 1)
    assert _files(case, "bound") == []
    assert not check(case, read_data=True).damaged
    assert {one.unbound for one in decisions_of(Vault.open(case)) if one.bound_in} == {WITHDREW}
    [status] = review(case, progress=silence)
    assert "must be given again" in status.open[0]


def test_a_file_that_the_system_refuses_is_left_said_and_taken_out_by_withdrawing_again(
    case: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = _guess(case)
    with monkeypatch.context() as patch:
        refuse_reading(patch, case / ".consilience" / "bound", errno.EIO)
        reach = withdraw(case, "W1", keys)
        assert (reach.decisions, len(reach.left_decisions), reach.left_releases) == (0, 1, ())
    [note] = [one for one in check(case).notes if one.path.parts[0] == "bound"]
    assert "may hold digests of rows of W1, who has withdrawn" in note.what
    with pytest.raises(UsageError, match="already"):
        withdraw(case, "W1", keys)
    assert not [one for one in check(case).notes if one.path.parts[0] == "bound"]
    assert _confirmed(guess, case / ".consilience") == set()


def test_a_source_that_withdraws_while_rows_are_decided_leaves_no_digest(
    case: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find(case, progress=silence)
    withdraw(case, "W1", keys)
    monkeypatch.setattr("consilience.casework.deciding.find", lambda *_, **__: found)
    with pytest.raises(UsageError, match="withdrawn"):
        decided(case, list(OPEN.values()))
    assert len(_files(case, "bound")) == 1


def test_what_rests_on_others_is_bound_still_and_the_check_says_that_words_went(case: Path, keys: Keyring) -> None:
    [before] = _files(case, "bound")
    was = json.loads(before.read_bytes())
    withdraw(case, "W1", keys)
    [after] = _files(case, "bound")
    rest = read_bound(case / ".consilience", after.parent.name + after.name)
    assert rest["salt"] != was["salt"]
    held = {one.target: one for one in decisions_of(Vault.open(case)) if one.kind == "sign_off" and not one.unbound}
    assert set(held) == {"public/en/other", "public/en/place"}
    for one in held.values():
        assert rest["decisions"][one.decision_id] == was["decisions"][one.decision_id]
    [release] = releases_in(Vault.open(case).acts())
    [note] = check(case).notes
    day = now().date().isoformat()
    assert (
        note.what == f"words went out of it on {day}: it can't be compared any more with what act {release.index} names"
    )


def test_a_sign_off_that_names_no_rows_goes_with_anybody(case: Path, keys: Keyring) -> None:
    """Nobody knows whose they were."""
    rows = rows_of_case(find(case, progress=silence))
    [one] = decided(case, [{**_signed(rows, "place"), "rests_on": "", "value": "defamation"}]).recorded
    assert one.sources is None
    withdraw(case, "OBS1", keys)
    unbound = {one.decision_id for one in decisions_of(Vault.open(case)) if one.unbound}
    assert one.decision_id in unbound


def test_a_code_is_the_same_for_the_same_finding_and_the_ids_of_decisions_are_not_made_from_it(case: Path) -> None:
    [status] = review(case, progress=silence)
    assert status.scope == _code(case)
    [one] = decided(case, [row("review", "I1", "reviewed", "Reviewer Three", scope=status.scope)]).recorded
    [other] = decided(case, [row("review", "I1", "reviewed", "Reviewer Three")]).recorded
    assert other.decision_id == f"{one.decision_id}-2"
