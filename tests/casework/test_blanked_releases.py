"""What is kept of a release has no words of who withdrew, here and in replicas, and serves its purpose still."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from release_examples import (
    COUNSEL,
    FIRST,
    OPEN,
    SECOND,
    TABLES,
    approve,
    decided,
    document,
    own_ring,
    row,
    tried,
    write_case,
)
from rich.table import Table
from typer.testing import CliRunner

from canaries import Canary, found_below
from case_copies import bytes_below
from consilience.casework.correcting import compare, corrections
from consilience.casework.correction_tables import corrections_told
from consilience.casework.decision_tables import compared_lines
from consilience.casework.kept_releases import read_whole, releases_in
from consilience.casework.people import read_apart
from consilience.casework.pipeline import Found
from consilience.casework.release_state import Built
from consilience.casework.reviewing import FindingStatus
from consilience.casework.withdrawal import reach_of, withdraw
from consilience.cli.main import app
from consilience.errors import UsageError
from consilience.publish.document import Sentence
from consilience.publish.profiles import Profile
from consilience.quantities import canonical_json, digest_bytes
from consilience.records.consent import rows_by_source, rows_of
from consilience.vault import store
from consilience.vault.acts import PUBLISHED, WITHDRAWN
from consilience.vault.beside_ledger import keep_on_shelf
from consilience.vault.checking import Note, check
from consilience.vault.keyring import Keyring
from consilience.vault.release_acts import Blanked
from consilience.vault.repair import plan_repair
from consilience.vault.replicas import replicate
from consilience.vault.sealed_acts import withdrawn_content
from consilience.vault.shelves import RELEASES
from consilience.vault.store import Vault
from consilience.vault.stores import open_store

RESTS: dict[str, tuple[str, Sequence[str]]] = {
    "a1": ("Canary qazurim: she saw it from her roof.", ("A1",)),
    "finding": ("Canary belhaxtov: it came at five past ten.", ("I1/time",)),
    "totals": ("Canary wendrijo: one or two people were killed.", ("totals/killed",)),
    "interview": ("Canary feynukvash: in March one was interviewed.", ("interviews/V1",)),
    "table": ("Canary zuqarim: all that was said to us.", ("accounts",)),
    "other": ("Canary haxbelwen: the medical worker came later.", ("A2",)),
    "place": ("Canary tovjodri: the hospital stands at the square.", ("facilities/F1",)),
}
"""Sentences of a release, and what they rest on; W1 gave A1 and V1."""
STAY = ("other", "place")
GONE = [text for name, (text, _) in RESTS.items() if name not in STAY]


def said(
    found: Found, profile: Profile, formats: Sequence[str], languages: Sequence[str], reviewed: Sequence[FindingStatus]
) -> Built:
    """A report of these sentences; of another release, of those that may still be said."""
    del formats, languages, reviewed
    there = set(found.records.tables["sources"]["source_id"])
    told = [
        Sentence(name, text, tuple(rests)) for name, (text, rests) in RESTS.items() if "W1" in there or name in STAY
    ]
    return Built({f"report/report-{profile.name}-en.md": b"as it went out"}, (document(profile.name, told),))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield Keyring.open(folder)


@pytest.fixture(scope="module")
def released(keys: Keyring, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the case, and a release of it in `one`."""
    assert keys.signer
    folder = tmp_path_factory.mktemp("released")
    case = write_case(folder / "case")
    assert not decided(case, list(OPEN.values())).bad
    approve(case, folder / "one", "public", said)
    assert tried(case, folder / "one", reports=said).reasons == ()
    return folder


@pytest.fixture
def case(released: Path, tmp_path: Path) -> Path:
    shutil.copytree(released / "one", tmp_path / "one")
    return Path(shutil.copytree(released / "case", tmp_path / "case"))


def _found(texts: Sequence[str], folder: Path) -> list[str]:
    """Those that stand below the folder, in raw bytes or after decompression."""
    found = found_below(folder, [Canary("sentence", text) for text in texts])
    return [text for text in texts if any(one.text == text for one in found)]


def _write_accounts(case: Path, *more: str) -> None:
    """The table without A1, which was W1's, and with these rows."""
    rows = [line for line in TABLES["accounts"] if not line.startswith("A1,")]
    (case / "accounts.csv").write_text("\n".join([*rows, *more]) + "\n")


def _not_looked_through(case: Path) -> list[Note]:
    """What the check says may hold words of who has withdrawn."""
    notes = [one for one in check(case).notes if one.path.parts[0] == "releases"]
    return [one for one in notes if "who has withdrawn" in one.what]


def _assert_whole(case: Path) -> None:
    assert [str(damage) for damage in check(case, read_data=True).damaged] == []


def test_after_a_withdrawal_no_byte_of_case_or_replica_has_a_sentence_that_rests_on_the_source(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    store_of = open_store(str(tmp_path / "replica"))
    replicate(case, store_of)
    assert _found(GONE, case) == _found(GONE, tmp_path / "replica") == GONE, "or this test finds nothing"
    before = reach_of(case, "W1")
    assert (before.texts, before.releases) == (len(GONE) + 1, 1), "the sentences, and the wording of I1"
    reach = withdraw(case, "W1", keys)
    assert (reach.texts, reach.publications) == (before.texts, before.publications)
    assert "a release under the profile public" in reach.publications[0]
    assert _found(GONE, case) == []
    replicate(case, store_of)
    assert _found(GONE, tmp_path / "replica") == []
    stay = [RESTS[name][0] for name in STAY]
    assert _found(stay, case) == _found(stay, tmp_path / "replica") == stay, "what others said stays"
    for place in (case, tmp_path / "replica"):
        _assert_whole(place)
    plan = plan_repair(case, store_of)
    assert (plan.mends, plan.beyond) == ((), ())


def test_no_digest_stays_of_what_went_by_which_a_guess_could_be_tested(case: Path, keys: Keyring) -> None:
    withdraw(case, "W1", keys)
    vault = Vault.open(case)
    [release] = releases_in(vault.acts())
    state = read_whole(vault.folder, release.state)
    [kept] = [one for one in state["documents"][0]["sentences"] if one["id"] == "a1"]
    removed = next(act.recorded_at.date().isoformat() for act in vault.acts() if act.kind == WITHDRAWN)
    assert kept == {"id": "a1", "rests_on": ["A1"], "under": "Small", "removed_on": removed}
    assert set(state["incidents"]["I1"]) == {"parts", "removed_on"}
    parts = state["incidents"]["I1"]["parts"]
    assert {"attribution", "casualties", "evidence:A1"} <= parts.keys()
    assert set(parts.values()) == {None}, "a number, or a row of few words, would be guessed by its digest"


def test_a_digest_that_an_earlier_version_left_goes_with_the_next_withdrawal(case: Path, keys: Keyring) -> None:
    vault = Vault.open(case, keys.signer)
    [release] = releases_in(vault.acts())
    state = read_whole(vault.folder, release.state)
    [one] = [one for one in state["documents"][0]["sentences"] if one["id"] == "a1"]
    one |= {"digest": digest_bytes(one.pop("text").encode()), "removed_on": "2020-05-02"}
    state["incidents"]["I1"].pop("wording")
    state["incidents"]["I1"]["removed_on"] = "2020-05-02"
    with vault.writing():
        name = keep_on_shelf(vault.folder, RELEASES, canonical_json(state))
        vault.record(WITHDRAWN, [Blanked(str(release.state), name).content()], vault.acts()[-1].recorded_at)
        vault.settle_removals()
    withdraw(case, "W1", keys)
    left = read_whole(vault.folder, releases_in(Vault.open(case).acts())[0].state)
    assert not any("digest" in one for document in left["documents"] for one in document["sentences"])
    assert set(left["incidents"]["I1"]["parts"].values()) == {None}
    _assert_whole(case)


def test_corrections_and_comparisons_say_that_text_was_removed_and_still_list_it(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    decided(case, [row("correction", "A1", "minor", COUNSEL, reason="a slip")])
    [before] = corrections(case).corrections
    withdraw(case, "W1", keys)
    [after] = corrections(case).corrections
    assert [one.sentence_id for one in after.affected] == [one.sentence_id for one in before.affected]
    assert after.releases == tuple(replace(one, state=after.releases[0].state) for one in before.releases)
    [table] = [
        one
        for one in corrections_told(corrections(case), every=True)
        if isinstance(one, Table) and "a1" in str(one.columns[1].header)
    ]
    cells = [str(cell) for column in table.columns for cell in column.cells]
    assert any(cell.startswith("text removed after a withdrawal on ") for cell in cells)
    assert "report/report-public-en.md" in cells
    assert not any("Canary" in cell for cell in cells)

    rows = [line for line in TABLES["accounts"] if not line.startswith("A1,")]
    (case / "accounts.csv").write_text(
        "\n".join([*rows, "A3,I1,W2,,2017-04-02T10:06,minute,F1,barrel bomb,4,4"]) + "\n"
    )
    found = compare(case, tmp_path / "one", tmp_path / "one")
    assert (found.known, found.findings) == (True, ())
    decided(case, [{**given, "on": "2020-05-03"} for given in OPEN.values()])
    approve(case, tmp_path / "two", "public", said, FIRST, SECOND)
    done = tried(case, tmp_path / "two", reports=said)
    assert done.reasons == ()
    [change] = compare(case, tmp_path / "one", tmp_path / "two").findings
    assert change.was == "text removed after a withdrawal"
    assert change.now
    assert {"A1 (gone)", "A3 (new)"} <= set(change.evidence)
    assert not change.is_known
    assert "'text removed after a withdrawal' became" in "\n".join(
        compared_lines(compare(case, tmp_path / "one", tmp_path / "two"))
    )
    note = (tmp_path / "two" / "release-note-en.md").read_text()
    assert "I1: the evidence that it rests on is not that of the release before, or says something else." in note
    assert "A3" not in note
    assert "did not" not in note, "what is not known did not stay the same"
    assert "withdraw" not in note, "the note goes to the world, and says of nobody that he or she has withdrawn"


@pytest.mark.parametrize("finish", [["consent", "withdraw", "CASE", "W1", "--yes"], ["run", "CASE"]])
def test_killed_before_the_words_are_destroyed_the_check_names_them_and_the_next_write_ends_it(
    case: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch, finish: list[str]
) -> None:
    def killed(path: Path) -> None:
        raise KeyboardInterrupt(path)

    with monkeypatch.context() as patch:
        patch.setattr(store, "destroy_file", killed)
        with pytest.raises(KeyboardInterrupt):
            withdraw(case, "W1", keys)
    assert _found(GONE, case) == GONE
    [named] = [damage for damage in check(case).damaged if damage.path.parts[0] == "releases"]
    assert "the ledger says that it is destroyed" in named.what
    CliRunner().invoke(app, [word.replace("CASE", str(case)) for word in finish])
    assert _found(GONE, case) == []
    _assert_whole(case)


def test_a_withdrawal_that_was_refused_before_its_act_left_everything_as_it_was(
    case: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("consilience.casework.withdrawal.forget", killed)
        with pytest.raises(KeyboardInterrupt):
            withdraw(case, "W1", keys)
    _assert_whole(case)
    assert corrections(case).releases == releases_in(Vault.open(case).acts())
    assert withdraw(case, "W1", keys).texts == len(GONE) + 1
    assert _found(GONE, case) == []


def test_what_a_killed_release_left_beside_the_ledger_goes_too(case: Path, keys: Keyring) -> None:
    [name] = (one.state for one in releases_in(Vault.open(case).acts()))
    shelf = case / ".consilience" / "releases"
    state = read_whole(case / ".consilience", name)
    keep_on_shelf(case / ".consilience", "releases", canonical_json(state | {"reports": ["a release that never was"]}))
    (shelf / "incoming.part").write_bytes(canonical_json(state)[:-5])
    withdraw(case, "W2", keys)
    assert not (shelf / "incoming.part").exists()
    assert len(bytes_below(shelf)) == 1


def test_two_withdrawals_leave_the_release_of_both(case: Path, keys: Keyring) -> None:
    withdraw(case, "W1", keys)
    withdraw(case, "W2", keys)
    assert _found([text for text, _ in RESTS.values()], case) == [RESTS["place"][0]]
    _assert_whole(case)
    [release] = releases_in(Vault.open(case).acts())
    assert read_whole(case / ".consilience", release.state)["documents"]


def test_a_row_that_was_taken_out_of_its_table_before_its_source_withdrew_is_known_still(
    case: Path, keys: Keyring
) -> None:
    _write_accounts(case)
    withdraw(case, "W1", keys)
    assert _found(GONE, case) == []


def test_a_flight_goes_with_its_observer(case: Path, keys: Keyring) -> None:
    [release] = releases_in(Vault.open(case).acts())
    state = read_whole(case / ".consilience", release.state)
    assert state["flights"], "the case has a flight, or this test proves nothing"
    withdraw(case, "OBS1", keys)
    assert RESTS["finding"][0] not in _found(GONE, case)
    assert RESTS["a1"][0] in _found(GONE, case)


def test_a_state_that_can_not_be_read_is_destroyed_unread_and_shuts_no_later_release(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    replicate(case, open_store(str(tmp_path / "replica")))
    [file] = (case / ".consilience" / "releases").glob("??/*")
    file.write_bytes(file.read_bytes()[:-1] + b" ")
    withdraw(case, "W1", keys)
    _assert_whole(case)
    replicate(case, open_store(str(tmp_path / "replica")))
    assert _found(GONE, tmp_path / "replica") == []
    _write_accounts(case, "A3,I1,W2,,2017-04-02T10:06,minute,F1,barrel bomb,4,4")
    decided(case, [{**given, "on": "2020-05-03"} for given in OPEN.values()])
    approve(case, tmp_path / "two", "public", said, FIRST, SECOND)
    assert tried(case, tmp_path / "two", reports=said).reasons == ()
    assert "cannot be told" in (tmp_path / "two" / "release-note-en.md").read_text()


def _by_an_earlier_version(case: Path, keys: Keyring, schema: str | None) -> None:
    """What this version kept, as an earlier one did, in a second release; and a withdrawal that took nothing out."""
    vault = Vault.open(case, keys.signer)
    [act] = (one for one in vault.acts() if one.kind == PUBLISHED)
    state = read_whole(vault.folder, str(act.content["state"]))
    del state["rows"], state["flights"]
    older = state | {"schema": schema} if schema else state["incidents"]
    name = keep_on_shelf(vault.folder, "releases", canonical_json(older))
    vault.record(PUBLISHED, [{**act.content, "state": name, "manifest": digest_bytes(b"older")}], act.recorded_at)


@pytest.mark.parametrize("schema", ["consilience.release-state/2", None])
def test_a_state_that_does_not_say_whose_each_row_was_loses_all_that_is_nobody_elses(
    case: Path, keys: Keyring, schema: str | None
) -> None:
    _by_an_earlier_version(case, keys, schema)
    _write_accounts(case)
    withdraw(case, "W1", keys)
    assert _found(GONE, case) == []
    _assert_whole(case)
    for release in releases_in(Vault.open(case).acts()):
        state = read_whole(case / ".consilience", release.state)
        assert "wording" not in state.get("incidents", state)["I1"]


def test_a_withdrawal_by_an_earlier_version_is_told_by_the_check_and_mended_by_withdrawing_again(
    case: Path, keys: Keyring
) -> None:
    vault = Vault.open(case, keys.signer)
    at = vault.acts()[-1].recorded_at
    vault.record(WITHDRAWN, [withdrawn_content("W1", [], [])], at)
    [note] = _not_looked_through(case)
    assert "rest on rows of W1, who has withdrawn" in note.what
    for _ in range(2):
        with pytest.raises(UsageError, match="already"):
            withdraw(case, "W1", keys)
        assert _found(GONE, case) == []
        assert not _not_looked_through(case)
    told = [act.content["schema"] for act in Vault.open(case).acts() if act.kind == WITHDRAWN]
    assert len(told) == 4, "and once is enough: looked through, a release, what decisions are bound to"
    _assert_whole(case)


@pytest.mark.parametrize("order", [("W1", "W2"), ("W2", "W1")])
def test_of_two_withdrawals_by_an_earlier_version_each_is_told_and_mended_in_either_order(
    case: Path, keys: Keyring, order: Sequence[str]
) -> None:
    vault = Vault.open(case, keys.signer)
    for source in ("W1", "W2"):
        vault.record(WITHDRAWN, [withdrawn_content(source, [], [])], vault.acts()[-1].recorded_at)
    for left in (order, order[1:]):
        notes = [one.what for one in _not_looked_through(case)]
        assert [source for source in order if any(f"rows of {source}," in note for note in notes)] == list(left)
        with pytest.raises(UsageError, match="already"):
            withdraw(case, left[0], keys)
    assert _found([text for text, _ in RESTS.values()], case) == [RESTS["place"][0]]
    assert not _not_looked_through(case)
    _assert_whole(case)


def refuse_reading(monkeypatch: pytest.MonkeyPatch, shelf: Path, number: int) -> None:
    """What is kept of releases is there, and the system does not give it."""
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if shelf in path.parents:
            raise OSError(number, os.strerror(number), str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_a_state_that_the_system_refuses_is_left_said_and_taken_out_by_withdrawing_again(
    case: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    shelf = case / ".consilience" / "releases"
    with monkeypatch.context() as patch:
        refuse_reading(patch, shelf, number)
        before = reach_of(case, "W1")
        assert (before.texts, before.releases, before.damaged_releases) == (0, 0, 0)
        done = CliRunner().invoke(app, ["consent", "withdraw", str(case), "W1", "--yes"])
        assert (done.exit_code, "stays as it is" in done.output) == (0, True)
        assert os.strerror(number) in done.output
        size = len(Vault.open(case).acts())
        with pytest.raises(UsageError, match=f"already(?s:.*){os.strerror(number)}(?s:.*)once more"):
            withdraw(case, "W1", keys)
    vault = Vault.open(case)
    assert set(vault.sealed.withdrawn) == {"W1"}
    assert len(vault.acts()) == size, "said once, however often it is tried"
    assert _found(GONE, case) == GONE
    [note] = _not_looked_through(case)
    assert "rest on rows of W1, who has withdrawn" in note.what
    withdraw(case, "W2", keys)
    assert len(_not_looked_through(case)) == 1, "it is W1's still"
    with pytest.raises(UsageError, match="already"):
        withdraw(case, "W1", keys)
    assert _found(GONE, case) == []
    assert not _not_looked_through(case)
    _assert_whole(case)


def test_a_state_of_a_newer_version_does_not_keep_a_source_from_withdrawing(case: Path, keys: Keyring) -> None:
    vault = Vault.open(case, keys.signer)
    [act] = (one for one in vault.acts() if one.kind == PUBLISHED)
    newer = read_whole(vault.folder, str(act.content["state"])) | {"schema": "consilience.release-state/99"}
    name = keep_on_shelf(vault.folder, "releases", canonical_json(newer))
    vault.record(PUBLISHED, [{**act.content, "state": name, "manifest": digest_bytes(b"newer")}], act.recorded_at)
    assert "unknown form" in "".join(reach_of(case, "W1").left_releases)
    reach = withdraw(case, "W1", keys)
    assert (reach.texts, reach.releases, len(reach.left_releases)) == (len(GONE) + 1, 1, 1)
    assert Vault.open(case).sealed.withdrawn == {"W1"}
    [note] = _not_looked_through(case)
    assert note.path.name == name[2:]
    with pytest.raises(UsageError, match="unknown form"):
        withdraw(case, "W1", keys)
    _assert_whole(case)


def test_before_a_damaged_state_goes_unread_the_preview_says_so_and_advises_repair(case: Path) -> None:
    [file] = (case / ".consilience" / "releases").glob("??/*")
    file.write_bytes(file.read_bytes()[:-1] + b" ")
    words = " ".join(CliRunner().invoke(app, ["consent", "withdraw", str(case), "W1"]).output.split())
    assert "0 sentences and wordings that rest on it would be taken out of what is kept of 0 releases" in words
    assert "1 releases of which what is kept is damaged or gone" in words
    assert "it would be destroyed whole, unread. Run `consilience vault repair` first" in words


def test_the_command_says_how_much_goes_and_that_holders_have_it_still(case: Path) -> None:
    done = CliRunner().invoke(app, ["consent", "withdraw", str(case), "W1"])
    words = " ".join(done.output.split())
    assert (
        f"{len(GONE) + 1} sentences and wordings that rest on it would be taken out of what is kept of 1 releases"
        in words
    )
    told = json.loads(CliRunner().invoke(app, ["consent", "withdraw", str(case), "W1", "--json"]).output)
    assert (told["texts"], told["releases"], told["decisions"]) == (len(GONE) + 1, 1, len(OPEN))


def test_whose_each_row_is_is_told_as_a_withdrawal_takes_it(case: Path) -> None:
    read = read_apart(case).read
    whose = rows_by_source(read)
    assert set(whose) == {"W1", "W2", "OBS1"}
    assert "interviews/V1" in whose["W1"]
    assert "coverage/coverage-0" in whose["OBS1"]
    for source, names in whose.items():
        counted = {table: sum(name.startswith(f"{table}/") for name in names) for table in read.tables}
        taken = {table: frame.height for table, frame in rows_of(read, {source}).items()}
        assert {table: count for table, count in counted.items() if count} == taken
