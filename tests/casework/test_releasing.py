"""A release as a whole: signed, recorded before it appears, finished after a crash, followed by the next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from release_examples import (
    COUNSEL,
    FIRST,
    OPEN,
    SECOND,
    TABLES,
    approve,
    decided,
    one_sentence,
    own_keys,
    own_ring,
    row,
    saying,
    silence,
    tried,
    with_document,
    write_case,
)
from rich.table import Table

from consilience.casework import releasing
from consilience.casework.acting_time import now
from consilience.casework.correcting import compare, corrections
from consilience.casework.correction_tables import corrections_told
from consilience.casework.locking import lock
from consilience.casework.outputs_told import told_places
from consilience.casework.pipeline import find
from consilience.casework.release_state import Built
from consilience.casework.resting_rows import rows_of_case
from consilience.errors import PublishError, UsageError
from consilience.publish.document import Paragraph, Sentence
from consilience.quantities import digest_bytes
from consilience.vault.acts import COPIED, PUBLISHED
from consilience.vault.bundle.openings import COPY
from consilience.vault.keyring import Keyring
from consilience.vault.notes import read_note
from consilience.vault.store import Vault


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="module")
def opened(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_case(tmp_path_factory.mktemp("open") / "case")
    assert keys.exists()
    assert not decided(case, list(OPEN.values())).bad
    approve(case, case.parent / "out")
    return case


@pytest.fixture
def case(opened: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(opened, tmp_path / "case"))


def _releases(case: Path) -> int:
    return sum(act.kind == PUBLISHED for act in Vault.open(case).acts())


def test_a_release_names_every_file_and_is_signed_over_all_of_them(case: Path, keys: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = tried(case, out)
    assert done.reasons == ()
    manifest = json.loads((out / "manifest.json").read_bytes())
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert there == {one["path"] for one in manifest["files"]} | {"manifest.json", "manifest.sig"}
    for one in manifest["files"]:
        assert digest_bytes((out / one["path"]).read_bytes()) == one["digest"]
    note = read_note((out / "manifest.sig").read_bytes())
    assert digest_bytes((out / "manifest.json").read_bytes()).removeprefix("sha256:").encode() in note.text
    signer = Keyring.open(keys).signer
    assert signer is not None
    signer.verifier.check(note.text, note.signatures[0])


def test_a_dry_run_gives_the_digest_to_approve_and_releases_nothing(case: Path, tmp_path: Path) -> None:
    published = [act for act in Vault.open(case).acts() if act.kind == "published"]
    done = tried(case, tmp_path / "out", dry_run=True)
    assert done.content is not None
    assert (done.manifest, done.reasons) == (None, ())
    assert [act for act in Vault.open(case).acts() if act.kind == "published"] == published
    assert not (tmp_path / "out").exists()


def test_killed_after_it_was_recorded_it_is_finished_and_recorded_once(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def killed(_: Path) -> Iterator[Path]:
        (tmp_path / "half").mkdir()
        yield tmp_path / "half"
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(releasing, "replaced_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            tried(case, tmp_path / "out")
    assert _releases(case) == 1
    assert not (tmp_path / "out").exists()
    done = tried(case, tmp_path / "out")
    assert done.reasons == ()
    assert _releases(case) == 1
    assert (tmp_path / "out" / "manifest.json").exists()


def test_the_same_release_handed_out_again_is_byte_for_byte_the_same(case: Path, tmp_path: Path) -> None:
    tried(case, tmp_path / "one")
    tried(case, tmp_path / "two")
    files = [
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    ]
    assert files[0] == files[1]
    assert _releases(case) == 1


def test_the_next_release_names_the_one_before_and_what_changed_because_of_which_evidence(
    case: Path, tmp_path: Path
) -> None:
    first = tried(case, tmp_path / "one")
    lines = [*TABLES["accounts"], "A3,I1,W2,,2017-04-02T10:06,minute,F1,barrel bomb,4,4"]
    (case / "accounts.csv").write_text("\n".join(lines) + "\n")
    decided(case, [{**given, "on": "2020-05-03"} for given in OPEN.values()])
    approve(case, tmp_path / "two")
    second = tried(case, tmp_path / "two")
    assert second.reasons == ()
    manifest = json.loads((tmp_path / "two" / "manifest.json").read_bytes())
    assert manifest["predecessor"] == first.manifest
    note = (tmp_path / "two" / "release-note-en.md").read_text()
    assert "- I1: changed: " in note
    assert "casualties" in note
    assert "because of A3 (new)" in note
    compared = compare(case, tmp_path / "one", tmp_path / "two")
    assert compared.known
    assert "release-note-en.md" in compared.changed
    assert [one.incident_id for one in compared.findings] == ["I1"]
    assert "A3 (new)" in compared.findings[0].evidence
    with pytest.raises(UsageError, match="the older release goes first") as refused:
        compare(case, tmp_path / "two", tmp_path / "one")
    assert f"--compare {tmp_path / 'one'} {tmp_path / 'two'}" in str(refused.value.remedy)
    shutil.rmtree(case / ".consilience")
    with pytest.raises(UsageError, match="the older release goes first"):
        compare(case, tmp_path / "two", tmp_path / "one")
    assert not compare(case, tmp_path / "one", tmp_path / "two").known


def test_a_release_that_was_changed_is_not_compared(case: Path, tmp_path: Path) -> None:
    tried(case, tmp_path / "one")
    (tmp_path / "one" / "release-note-en.md").write_text("other words")
    with pytest.raises(PublishError, match="not the file of its manifest"):
        compare(case, tmp_path / "one", tmp_path / "one")
    with pytest.raises(UsageError, match="is no release"):
        compare(case, tmp_path, tmp_path)


def test_a_picture_goes_out_only_as_covered_pixels(case: Path, tmp_path: Path) -> None:
    assert not [name for name in tried(case, tmp_path / "out", dry_run=True).files if name.startswith("media/")]
    decided(case, [row("blur", "pictures/smoke.jpg", "0,0,32,48")])
    approve(case, tmp_path / "out")
    assert tried(case, tmp_path / "out").reasons == ()
    original = (case / "pictures" / "smoke.jpg").read_bytes()
    copy = tmp_path / "out" / "media" / "1.jpg"
    assert b"Synthetic Photographer" in original
    assert b"Synthetic Photographer" not in copy.read_bytes()
    with Image.open(copy) as picture:
        assert picture.size == (64, 48)
        assert not picture.getexif()


def test_a_picture_is_shown_uncovered_by_two_persons_with_consent_and_a_reason(case: Path, tmp_path: Path) -> None:
    item = "pictures/smoke.jpg"
    decided(case, [row("show", item, by=name, reason="no face, no plate") for name in (FIRST, SECOND)])
    approve(case, tmp_path / "out")
    assert tried(case, tmp_path / "out").reasons == ()
    assert (tmp_path / "out" / "media" / "1.jpg").exists()


def test_a_court_gets_no_posterior(case: Path, tmp_path: Path) -> None:
    approve(case, tmp_path / "out", "court")
    done = tried(case, tmp_path / "out", "court")
    assert done.reasons == ()
    table = (tmp_path / "out" / "tables" / "incidents.csv").read_text()
    assert "attack_probability" not in table
    assert "party_" not in table
    assert "tables/matrix.csv" in done.files


def test_corrections_say_what_they_touch_when_they_are_due_and_who_holds_it(case: Path, tmp_path: Path) -> None:
    tried(case, tmp_path / "out")
    wrong = {
        **row("correction", "I1", "major", COUNSEL, reason="Somebody told us", due="2020-05-20"),
        "decision_id": "C1",
    }
    decided(case, [wrong])
    assert [one.overdue for one in corrections(case).corrections] == [False], "not over on the case's own day"
    found = corrections(case, tmp_path / "notices", date(2020, 5, 21))
    (one,) = found.corrections
    assert one.overdue
    assert [(said.edition, said.sentence_id) for said in one.affected] == [("public/en", "s1")]
    assert one.affected[0].text.startswith("It was an attack")
    assert [release.manifest for release in one.releases] == [found.releases[0].manifest]
    assert one.sentences == "every sentence that rests on I1"
    candidate, readers = (holder.who for holder in found.holders)
    assert (candidate.partition("-not-published-")[0], readers) == ("out", "readers of the public release")
    (notice,) = found.written
    text = notice.read_text()
    assert found.releases[0].manifest in text
    assert "Somebody" not in text
    assert COUNSEL not in text
    decided(case, [row("corrected", "C1", reason="said so in the next release")])
    assert corrections(case).corrections[0].answered is not None


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("A2", "every sentence that rests on A2"),
        ("s1", "sentence s1"),
        ("public/en/s1", "sentence public/en/s1"),
        ("I7", None),
        ("court/en/s1", None),
    ],
)
def test_a_correction_lists_the_sentences_of_each_release_that_rest_on_a_row_or_are_the_one_named(
    case: Path, tmp_path: Path, target: str, what: str | None
) -> None:
    tried(case, tmp_path / "out")
    decided(case, [row("correction", target, "minor", COUNSEL, reason="a slip")])
    (one,) = corrections(case).corrections
    assert [said.sentence_id for said in one.affected] == (["s1"] if what else [])
    assert len(one.releases) == (1 if what else 0)
    assert what is None or one.sentences == what
    tables = [one for one in corrections_told(corrections(case), every=True) if isinstance(one, Table)]
    cells = [[str(cell) for column in table.columns for cell in (column.header, *column.cells)] for table in tables]
    shown = [one for one in cells if "1 of 1: s1" in one]
    assert len(shown) == (1 if what else 0)
    assert all({"public/en", "Small", said.text} <= set(shown[0]) for said in one.affected)


def test_in_short_a_correction_lists_the_sentences_of_its_incident_and_counts_the_others_by_chapter(
    case: Path, tmp_path: Path
) -> None:
    said = [
        Sentence("totals/killed", "Four killed.", ("I1/attack",)),
        Sentence("totals/attacks", "One attack.", ("I1/attack",)),
    ]
    said += [Sentence("I1/time", "It was at noon.", ("I1/time",)), Sentence("I1/mode", "A bomb.", ("I1/mode",))]
    built = with_document(lambda one: replace(one, blocks=(Paragraph(tuple(said)),)))
    approve(case, tmp_path / "out", "public", built)
    assert tried(case, tmp_path / "out", reports=built).manifest
    for target in ("I1", "A1"):
        decided(case, [row("correction", target, "major", COUNSEL, reason="another day", decision_id=f"C-{target}")])
    told = [str(one) for one in corrections_told(corrections(case), every=False)]
    for target in ("I1", "A1"):
        at = next(number for number, line in enumerate(told) if line.startswith(f"C-{target}: "))
        said_of_it = told[at + 1 : at + 8]
        assert said_of_it[2].startswith("4 sentences are to be read again: 2 of it alone, 2 others (--all ")
        assert said_of_it[3:5] == ["  I1/time (public/en): It was at noon.", "  I1/mode (public/en): A bomb."]
        assert said_of_it[5].startswith("  others in public/en of sha256:")
        assert said_of_it[5].endswith(": 2 under 'Small'")


def test_a_release_whose_sentences_are_not_on_record_is_named(case: Path, tmp_path: Path) -> None:
    tried(case, tmp_path / "out")
    decided(case, [row("correction", "I1", "minor", COUNSEL, reason="a slip")])
    (state,) = (path for path in (case / ".consilience" / "releases").rglob("*") if path.is_file())
    state.chmod(0o600)
    state.unlink()
    found = corrections(case)
    assert found.corrections[0].unlisted == (found.releases[0].manifest,)
    assert found.corrections[0].releases == found.releases, "one whose state is lost counts as touched"


def test_no_clock_says_that_a_correction_is_overdue(case: Path) -> None:
    decided(case, [row("correction", "I1", "minor", COUNSEL, reason="a slip", due="2020-05-02")])
    assert [one.overdue for one in corrections(case).corrections] == [True], "by as_of, 2020-05-04"
    assert [one.overdue for one in corrections(case, None, date(2020, 5, 2)).corrections] == [False]
    (case / "case.toml").write_text((case / "case.toml").read_text().replace("as_of", "# as_of"))
    assert [one.overdue for one in corrections(case).corrections] == [None]
    assert any(
        "no day is known" in one for one in corrections_told(corrections(case), every=False) if isinstance(one, str)
    )


def test_whoever_holds_a_bundle_is_told_of_a_retraction_though_nothing_was_released(case: Path, tmp_path: Path) -> None:
    decided(case, [row("correction", "I1", "retraction", reason="it was another place")])
    assert [path.name for path in corrections(case, tmp_path / "none").written] == ["retraction.md"]
    held = {"schema": COPY, "root": "sha256:" + "1" * 64, "to": "a court", "profile": "court", "incidents": ["I1"]}
    other = {**held, "root": "sha256:" + "2" * 64, "incidents": ["I7"]}
    Vault.open(case).record(COPIED, [held, other], now())
    assert [path.name for path in corrections(case, tmp_path / "all").written] == ["recall-notice.md", "retraction.md"]
    told = [line.partition(",")[0] for line in told_places(Vault.open(case).acts())]
    assert told[1:] == ["none (notices of corrections", "all (notices of corrections"], "a withdrawal lists them"
    assert told[0].endswith("(candidates of releases"), "what approvers read"
    notice = (tmp_path / "all" / "recall-notice.md").read_text()
    assert f"  - bundle {held['root']}" in notice
    assert str(other["root"]) not in notice


def test_a_retraction_has_a_page(case: Path, tmp_path: Path) -> None:
    tried(case, tmp_path / "out")
    decided(case, [row("correction", "I1", "retraction", reason="it was another place")])
    found = corrections(case, tmp_path / "notices")
    assert [path.name for path in found.written] == ["recall-notice.md", "retraction.md"]
    assert "I1, retracted on 1 May 2020" in (tmp_path / "notices" / "retraction.md").read_text()


def test_who_was_told_in_arabic_is_recalled_in_arabic(case: Path, tmp_path: Path) -> None:
    tried(case, tmp_path / "out", reports=with_document(lambda one: replace(one, language="ar", direction="rtl")))
    decided(case, [row("correction", "I1", "retraction", reason="it was another place")])
    found = corrections(case, tmp_path / "notices")
    named = ["recall-notice.md", "retraction.md", "recall-notice-ar.md", "retraction-ar.md"]
    assert [path.name for path in found.written] == named
    for name in named[2:]:
        text = (tmp_path / "notices" / name).read_text()
        assert text.startswith('<div dir="rtl" lang="ar">')
        assert found.releases[0].manifest in text
        assert "1 أيار/مايو 2020" in text
        assert COUNSEL not in text


def test_sealed_names_are_opened_for_the_scan_and_the_ledger_says_so(case: Path, tmp_path: Path) -> None:
    (case / "identities.csv").write_text("source_id,name\nW2,Synthetic Sealed Person\n")
    tried(case, tmp_path / "out", dry_run=True)
    (case / "identities.csv").unlink()
    acts = len(Vault.open(case).acts())

    def naming(*given: object) -> object:
        report = one_sentence(*given)  # type: ignore[arg-type]
        return Built({**report.files, "report/x.md": b"by synthetic sealed person"}, report.documents)

    done = tried(case, tmp_path / "out", reports=naming)  # type: ignore[arg-type]
    assert any("a name or contact of a person" in one for one in done.reasons), done.reasons
    assert [act.kind for act in Vault.open(case).acts()[acts:]] == ["unsealed"]


def test_what_a_sealed_file_was_called_before_the_case_was_locked_is_searched_for(
    case: Path, keys: Path, tmp_path: Path
) -> None:
    item = "pictures/upper terrace door.jpg"
    (case / item).write_bytes(b"a sealed picture " * 40)
    sealed = "V2,W2,2018-03-02,remote,,public,"
    (case / "interviews.csv").write_text(
        "\n".join([TABLES["interviews"][0] + ",recording", TABLES["interviews"][1] + ",", sealed + ",sealed"]) + "\n"
    )
    (case / "media.csv").write_text("\n".join([*TABLES["media"], f"M2,I1,W2,{item},2017-04-02T11:00,smoke,"]) + "\n")
    tried(case, tmp_path / "out", dry_run=True)
    lock(case, Keyring.open(keys))
    assert "terrace" not in (case / "media.csv").read_text()
    done = tried(case, tmp_path / "out", reports=saying("see the upper terrace door"))
    assert any("the name of a file of the case" in one for one in done.reasons), done.reasons


def test_where_sealed_names_can_not_be_opened_nothing_goes_out(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case / "identities.csv").write_text("source_id,name\nW2,Synthetic Sealed Person\n")
    tried(case, tmp_path / "out", dry_run=True)
    (case / "identities.csv").unlink()
    own_keys(tmp_path / "others")
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "others"))
    done = tried(case, tmp_path / "out")
    assert any("the names of a sealed source can't be opened" in one for one in done.reasons)
    assert not (tmp_path / "out").exists()


def test_a_lawyer_may_sign_sentence_by_sentence_and_the_words_are_what_is_signed(case: Path, tmp_path: Path) -> None:
    signed = decided(case, [OPEN["risk"]], dry_run=True).already[0].decision_id
    decided(case, [row("withdraw", signed, reason="sentence by sentence instead")])
    assert "I1: sign-off for risk is missing" in tried(case, tmp_path / "out").reasons
    said = Sentence("s1", "It was an attack: Syrian.", ("I1/attribution",))
    code = rows_of_case(find(case, progress=silence)).behind(said).code
    decided(case, [row("sign_off", "s1", "risk", COUNSEL, scope=code)])
    assert tried(case, tmp_path / "out").reasons == ()
