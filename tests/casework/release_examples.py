"""A small synthetic case that may be published, and every step towards it. No real incident, no real person."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from small_folder import write_small_case

from consilience.casework import deciding, releasing, replying
from consilience.casework.batches import Progress
from consilience.casework.deciding import Decided, decide_from
from consilience.casework.decision_rows import TEMPLATE_COLUMNS
from consilience.casework.pipeline import Found, find
from consilience.casework.release_state import Built
from consilience.casework.releasing import Release, Reports, release
from consilience.casework.reviewing import FindingStatus
from consilience.publish.document import Document, Paragraph, Sentence
from consilience.publish.profiles import Profile
from consilience.vault.keyring import initialise
from consilience.vault.store import Vault

TOML = """\
[case]
id = "small"
title = "A small synthetic case"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]
orbat = "syria"
as_of = 2020-05-04
reviewers = 2
"""

TABLES: Mapping[str, Sequence[str]] = {
    "sources": [
        "source_id,role,note",
        "W1,direct_witness,saw it from the roof of the third house behind the old mill",
        "W2,medical_worker,",
        "OBS1,flight_spotter,",
    ],
    "interviews": [
        "interview_id,source_id,date,how,interviewer,consent,consent_until",
        "V1,W1,2018-03-02,remote,Synthetic Interviewer,analysis;public;partner;court;image,2030-01-01",
    ],
    "accounts": [
        "account_id,incident_id,source_id,interview_id,time,time_precision,facility_id,mode,killed_min,killed_max",
        "A1,I1,W1,V1,2017-04-02T10:05,minute,F1,barrel bomb,1,2",
        "A2,I1,W2,,2017-04-02T10:10,about,F1,barrel bomb,,",
    ],
    "sightings": [
        "sighting_id,source_id,time,place,platform,activity",
        "S1,OBS1,2017-04-02T10:00,Northtown,Mi-8,circling",
        "S2,OBS1,2017-04-02T10:04,Northtown,Mi-8,circling",
    ],
    "coverage": ["kind,from,to,area,source_id", "sightings,2017-04-01T00:00,2017-04-03T00:00,,OBS1"],
    "media": [
        "media_id,incident_id,source_id,item,uploaded_at,shows,url",
        "M1,I1,W1,pictures/smoke.jpg,2017-04-02T11:00,smoke,https://twitter.com/synthetic_uploader/status/12",
    ],
    "letters": [
        "letter_id,party,addressee,sent_on,due_on",
        "L1,Syrian,Synthetic Addressee One,2020-04-01,2020-04-20",
        "L2,Russian,Synthetic Addressee Two,2020-04-01,2020-04-20",
    ],
}
FIRST, SECOND, COUNSEL = "Reviewer One", "Reviewer Two", "Counsel One"
DAY = "2020-05-01"

Row = Mapping[str, str]


def row(kind: str, target: str, value: str = "", by: str = FIRST, on: str = DAY, **more: str) -> Row:
    """A row of a CSV of decisions."""
    return {"kind": kind, "target": target, "value": value, "by": by, "on": on, **more}


OPEN: Mapping[str, Row] = {
    "first review": row("review", "I1", "reviewed"),
    "second review": row("review", "I1", "reviewed", SECOND),
    "defamation": row("sign_off", "I1", "defamation", COUNSEL),
    "risk": row("sign_off", "I1", "risk", COUNSEL),
}
"""What opens every gate of the small case but the approvals, by name."""


def write_case(folder: Path, changes: Mapping[str, Sequence[str] | None] | None = None, toml: str = TOML) -> Path:
    """The small case with a picture, tables replaced or (None) left out."""
    case = write_small_case(folder, {**TABLES, **(changes or {})}, toml)
    (case / "pictures").mkdir()
    picture = Image.new("RGB", (64, 48), (90, 120, 150))
    exif = Image.Exif()
    exif[0x013B] = "Synthetic Photographer"
    picture.save(case / "pictures" / "smoke.jpg", exif=exif)
    return case


def write_rows(file: Path, rows: Sequence[Row]) -> Path:
    """A CSV of decisions."""
    out = io.StringIO()
    writer = csv.DictWriter(out, TEMPLATE_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(out.getvalue())
    return file


def silence(stage: str, done: int, total: int) -> None:
    """Progress that nobody sees."""


def decided(case: Path, rows: Sequence[Row], *, dry_run: bool = False) -> Decided:
    """Rows decided about a case."""
    file = write_rows(case.parent / f"{case.name}-decisions.csv", rows)
    return decide_from(case, file, dry_run=dry_run, progress=silence)


def document(
    profile: str, sentences: Sequence[Sentence], as_of: str | None = "2020-05-04", draft: bool = False
) -> Document:
    """A document of a few sentences."""
    return Document(
        title="Small", subtitle="", language="en", direction="ltr", profile=profile, is_draft=draft, as_of=as_of,
        version="0", blocks=(Paragraph(tuple(sentences)),), trail=(), labels=(),
    )  # fmt: skip


def one_sentence(
    found: Found, profile: Profile, formats: Sequence[str], languages: Sequence[str], reviewed: Sequence[FindingStatus]
) -> Built:
    """A report of one sentence, in Markdown, whatever is asked for."""
    del formats, languages, reviewed
    wording = found.findings["incidents"][0]["attribution"]["wording"]
    said = Sentence("s1", f"It was an attack: {wording}.", ("I1/attribution",))
    return Built({"report/report.md": f"{said.text}\n".encode()}, (document(profile.name, [said]),))


def saying(text: str, name: str = "report/extra.md") -> Reports:
    """The report of one sentence with one more file that says something."""
    return with_file(name, text.encode())


def with_file(name: str, data: bytes) -> Reports:
    """The report of one sentence with one more file."""

    def built(*given: object) -> Built:
        report = one_sentence(*given)  # type: ignore[arg-type]
        return Built({**report.files, name: data}, report.documents)

    return built


def with_document(change: Callable[[Document], Document]) -> Reports:
    """The report of one sentence with its document changed."""

    def built(*given: object) -> Built:
        report = one_sentence(*given)  # type: ignore[arg-type]
        return Built(report.files, tuple(change(one) for one in report.documents))

    return built


def tried(
    case: Path, out: Path, profile: str = "public", reports: Reports = one_sentence, *, dry_run: bool = False
) -> Release:
    """A release is tried."""
    return release(
        case, profile, out, reports, formats=("md",), languages=("en",), dry_run=dry_run, progress=silence
    )  # fmt: skip


def approve(case: Path, out: Path, profile: str = "public", reports: Reports = one_sentence, *names: str) -> None:
    """Two persons (or those named) approve the bytes that would go out now."""
    content = tried(case, out, profile, reports, dry_run=True).content
    assert content is not None
    done = decided(case, [row("publish", profile, content, name, DAY) for name in names or (FIRST, SECOND)])
    assert not done.bad


def remember_findings(patch: pytest.MonkeyPatch) -> None:
    """Copies of one case are weighed once: what is found depends on the tables and on who
    has withdrawn. For tests of what comes after."""
    known: dict[object, Found] = {}

    def remembered(case: Path, *, workers: int = 1, progress: Progress) -> Found:
        files = sorted([*case.glob("*.csv"), case / "case.toml"])
        withdrawn = tuple(sorted(Vault.open(case).sealed.withdrawn))
        key = (withdrawn, *((file.name, file.read_bytes()) for file in files))
        if key not in known or (case / "identities.csv").exists():
            known[key] = find(case, workers=workers, progress=progress)
        return replace(known[key], case=case.resolve())

    for module in (deciding, releasing, replying):
        patch.setattr(module, "find", remembered)


@contextmanager
def own_ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A keyring of one's own with a signing key, and findings of an unchanged case found once, while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("ring") / "keys"
        own_keys(folder)
        patch.setenv("CONSILIENCE_KEYS", str(folder))
        remember_findings(patch)
        yield folder


def own_keys(folder: Path) -> None:
    """A keyring with a signing key."""
    initialise(folder, "synthetic/signer")
