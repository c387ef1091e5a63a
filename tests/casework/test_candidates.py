"""What approvers read are the bytes that they approve, in a folder that nobody can take for a release."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from release_examples import FIRST, OPEN, SECOND, decided, own_ring, row, saying, tried, write_case
from typer.testing import CliRunner, Result

from consilience.casework.candidates import note_beside
from consilience.casework.decision_tables import release_lines
from consilience.casework.release_state import Built
from consilience.casework.withdrawal import reach_of
from consilience.cli.main import app
from consilience.errors import PublishError
from consilience.quantities import canonical_json, digest_bytes
from consilience.records.decisions import PUBLISH
from consilience.vault.acts import PUBLISHED
from consilience.vault.store import Vault


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory):
        case = write_case(tmp_path_factory.mktemp("signed") / "case")
        assert not decided(case, list(OPEN.values())).bad
        yield case


@pytest.fixture
def case(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "case"))


def run(case: Path, out: Path, *more: str) -> Result:
    said = ["release", case, "--profile", "public", "--out", out, "--format", "md", "--lang", "en", *more]
    return CliRunner().invoke(app, [str(one) for one in said])


def content_of_folder(folder: Path) -> str:
    """As release-format.md says it, from the files alone."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest_bytes(
        canonical_json([[path.relative_to(folder).as_posix(), digest_bytes(path.read_bytes())] for path in files])
    )


def test_the_digest_is_of_exactly_the_files_in_the_folder_and_these_go_out(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = json.loads(run(case, out, "--dry-run", "--json").stdout)
    folder = Path(told["candidate"])
    assert content_of_folder(folder) == told["content"]
    assert sorted(told["files"]) == sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert not decided(case, [row(PUBLISH, "public", told["content"], name) for name in (FIRST, SECOND)]).bad
    assert run(case, out).exit_code == 0
    read = {name: (folder / name).read_bytes() for name in told["files"]}
    assert {name: (out / name).read_bytes() for name in told["files"]} == read


def test_nothing_of_it_can_be_taken_for_a_release(case: Path, tmp_path: Path) -> None:
    done = run(case, tmp_path / "out", "--dry-run")
    assert "NOT PUBLISHED: " in done.stdout
    (folder,) = (path for path in tmp_path.glob("out-not-published-*") if path.is_dir())
    assert not {"manifest.json", "manifest.sig"} & {path.name for path in folder.rglob("*")}
    note = note_beside(folder).read_text()
    assert note.startswith("NOT PUBLISHED")
    assert content_of_folder(folder) in note
    assert not (tmp_path / "out").exists()
    assert not [act for act in Vault.open(case).acts() if act.kind == PUBLISHED]
    compared = CliRunner().invoke(app, ["correct", str(case), "--compare", str(folder), str(folder)])
    assert compared.exit_code != 0


def test_a_withdrawal_lists_where_candidates_lie(case: Path, tmp_path: Path) -> None:
    tried(case, tmp_path / "out", dry_run=True)
    assert any("candidates of releases, not published" in one for one in reach_of(case, "W2").outputs)


def test_again_it_changes_nothing_and_other_bytes_there_are_not_passed_off(case: Path, tmp_path: Path) -> None:
    folder = tried(case, tmp_path / "out", dry_run=True).candidate
    assert folder is not None
    acts = len(Vault.open(case).acts())
    assert tried(case, tmp_path / "out", dry_run=True).candidate == folder
    assert len(Vault.open(case).acts()) == acts
    (folder / "report" / "report.md").write_text("edited by hand")
    with pytest.raises(PublishError, match="other files than the candidate"):
        tried(case, tmp_path / "out", dry_run=True)


def test_what_the_leak_scan_finds_is_given_to_nobody(case: Path, tmp_path: Path) -> None:
    done = tried(case, tmp_path / "out", reports=saying("call +963 944 123 456"), dry_run=True)
    assert done.candidate is None
    assert any(one.startswith("leak: ") for one in done.not_readable)
    said = release_lines(done)
    assert "no file is written for approvers to read, for 1 of the reasons given" in said
    assert not [one for one in said if "leak: " in one]  # the command has printed it as a reason
    assert not list(tmp_path.glob("out*"))


def test_while_it_is_not_whole_there_is_no_digest_to_approve_and_an_older_one_does_not_count(
    case: Path, tmp_path: Path
) -> None:
    given = [one.decision_id for one in decided(case, list(OPEN.values()), dry_run=True).already]
    part = tried(case, tmp_path / "out", reports=without_report, dry_run=True)
    assert (part.content, part.candidate, part.files) == (None, None, ())
    assert "no report was built" in part.not_whole
    decided(case, [row("withdraw", given[0], reason="read again")])
    done = run(case, tmp_path / "out", "--dry-run", "--json")
    told = json.loads(done.stdout)
    assert (told["content"], told["candidate"], told["files"]) == (None, None, [])
    assert told["not_whole"]
    assert any(one.startswith("approved by 0 of 2 persons: it is not whole") for one in told["reasons"])
    assert "sha256:" not in run(case, tmp_path / "out", "--dry-run").output
    decided(case, [row(PUBLISH, "public", "sha256:" + "0" * 64)])
    again = json.loads(run(case, tmp_path / "out", "--dry-run", "--json").stdout)
    assert any("other bytes than those that will be" in one for one in again["reasons"])
    assert not list(tmp_path.glob("out*"))


def without_report(*given: object) -> Built:
    """What is left where no report can be made."""
    built = saying("")(*given)  # type: ignore[arg-type]
    return replace(built, files={}, documents=())
