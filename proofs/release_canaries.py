"""Canaries: a word in every field that no publication may hold, and a release of the case under every profile.

Each unit plants a word of its own in each of the fields below, opens every gate with synthetic decisions, releases
under each profile in every form, and looks for the words in what stands there, without the leak scan of the product:
in the bytes, in members of archives, in text that pypdf extracts, in cells that polars reads.
"""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
from PIL import Image
from pypdf import PdfReader

from consilience.casework.deciding import decide_from
from consilience.casework.decision_rows import TEMPLATE_COLUMNS
from consilience.casework.release_report import reports
from consilience.casework.releasing import release
from consilience.casework.reviewing import review, write_template
from consilience.publish.forms.registry import FORMS
from consilience.publish.profiles import PROFILES
from consilience.vault.keyring import initialise

UNITS = tuple(f"{seed}" for seed in range(10))
"""Seeds; twenty canaries each."""

DAY = "2020-05-01"
CASE_TOML = """\
[case]
id = "canaries"
title = "A synthetic case"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]
orbat = "syria"
as_of = 2020-05-04
"""
FIELDS = (
    "note of a source", "unknown column of a source", "interviewer", "interpreter", "others present",
    "earlier interviewer", "risk assessor", "sealed name", "sealed contact", "address of a post", "name of a file",
    "EXIF", "who found a lead", "why a lead was excluded", "address of a lead", "name of a casualty",
    "note of a log", "addressee", "reviewer", "privileged note",
)  # fmt: skip
ALLOWED = {"partner": {"addressee"}, "court": {"addressee"}}
"""What a profile prints on purpose (publish/profiles.py)."""


def canaries(seed: str) -> dict[str, str]:
    """A word for each field: letters that no language puts together, so that none stands anywhere by chance."""
    rng = random.Random(f"canary {seed}")
    return {field: "Qx" + "".join(rng.choice("bcdfghjklmnpqrstvwxz") for _ in range(10)) for field in FIELDS}


def write_planted(folder: Path, word: Mapping[str, str], title: str = "Hospital one") -> Path:
    """The small case with its canaries. No real incident, no real person."""
    tables = {
        "facilities": ["facility_id,name,kind,lat,lon", "F1,Hospital one,hospital,35.612345,36.612345"],
        "incidents": ["incident_id,title,facility_id", f"I1,{title},F1"],
        "sources": [
            "source_id,role,note,nickname",
            f"W001,direct_witness,{word['note of a source']} said so,{word['unknown column of a source']}",
            "W002,medical_worker,,",
            "OBS1,flight_spotter,,",
        ],
        "interviews": [
            "interview_id,source_id,date,how,interpreter,interviewer,others_present,earlier_interviews_by,risk_assessed_by,consent",
            f"V1,W001,2018-03-02,remote,{word['interpreter']},{word['interviewer']},{word['others present']},"
            f"{word['earlier interviewer']},{word['risk assessor']},analysis;public;partner;court",
        ],
        "identities": ["source_id,name,contact", f"W002,{word['sealed name']},{word['sealed contact']}"],
        "accounts": [
            "account_id,incident_id,source_id,interview_id,time,time_precision,facility_id,mode,killed_min,killed_max",
            "A1,I1,W001,V1,2017-04-02T10:05,minute,F1,barrel bomb,1,2",
            "A2,I1,W002,,2017-04-02T10:10,about,F1,barrel bomb,,",
        ],
        "sightings": [
            "sighting_id,source_id,time,lat,lon,platform,activity",
            "S1,OBS1,2017-04-02T10:00,35.623456,36.609876,Mi-8,circling",
        ],
        "coverage": [
            "kind,from,to,area,source_id,note",
            f"sightings,2017-04-01T00:00,2017-04-03T00:00,,OBS1,{word['note of a log']}",
        ],
        "media": [
            "media_id,incident_id,source_id,item,url,uploaded_at,shows",
            f"M1,I1,W001,{word['name of a file']}.jpg,https://example.org/{word['address of a post']},"
            "2017-04-02T11:00,smoke",
        ],
        "leads": [
            "lead_id,url,found_by,why_excluded",
            f"X1,https://example.org/{word['address of a lead']},{word['who found a lead']},"
            f"{word['why a lead was excluded']}",
        ],
        "casualties": ["record_id,incident_id,name,sex", f"K1,I1,{word['name of a casualty']},female"],
        "letters": [
            "letter_id,party,addressee,sent_on,due_on",
            f"L1,Syrian,{word['addressee']},2020-04-01,2020-04-20",
        ],
    }  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(CASE_TOML)
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    exif = Image.Exif()
    exif[0x013B] = word["EXIF"]
    Image.new("RGB", (64, 48), (90, 120, 150)).save(folder / f"{word['name of a file']}.jpg", exif=exif)
    return folder


def opened(case: Path, word: Mapping[str, str]) -> None:
    """Everything decided but the approvals, by persons whose names are canaries too."""
    template = case.parent / "open.csv"
    write_template(review(case, progress=_silence), template)
    who, text = word["reviewer"], template.read_text()
    for kind, value in (("review", "reviewed"), ("sign_off", "risk"), ("sign_off", "defamation")):
        text = text.replace(f",{kind},I1,,,,,", f",{kind},I1,{value},{who},{DAY},,", 1)
    rows = text.splitlines()[1:]
    rows.append(f",note,I1,{word['privileged note']} told us,{who},{DAY},,,,")
    rows.append(f',blur,{word["name of a file"]}.jpg,"0,0,8,8",{who},{DAY},,,,')
    _decide(case, rows)


def prove(unit: str, folder: Path) -> dict[str, object]:
    """Plant, open, release under every profile in every form, and count the canaries that stand in what went out."""
    os.environ["CONSILIENCE_KEYS"] = str(folder / "keys")
    initialise(folder / "keys", "synthetic/signer")
    word = canaries(unit)
    case = write_planted(folder / "case", word)
    opened(case, word)
    found: list[str] = []
    shut: list[str] = []
    for profile in PROFILES:
        out = folder / profile
        shut += [f"{profile}: {reason}" for reason in released(case, profile, out)]
        allowed = ALLOWED.get(profile, set())
        found += [f"{profile}: {field}" for field in standing_in(out, word) if field not in allowed]
    return {"planted": len(word), "found": found, "shut": shut}


def released(case: Path, profile: str, out: Path) -> tuple[str, ...]:
    """The release, approved by two; or the reasons why it is shut."""

    def go(*, dry_run: bool) -> tuple[tuple[str, ...], str]:
        done = release(
            case, profile, out, reports, formats=tuple(FORMS), languages=("en", "ar"), dry_run=dry_run,
            progress=_silence,
        )  # fmt: skip
        return done.reasons, str(done.content)

    _, content = go(dry_run=True)
    _decide(case, [f",publish,{profile},{content},{who},{DAY},,,," for who in ("Synthetic One", "Synthetic Two")])
    return go(dry_run=False)[0]


def standing_in(out: Path, word: Mapping[str, str]) -> list[str]:
    """The fields whose word stands anywhere below a folder, or in the name of a file."""
    texts = [text for path in sorted(out.rglob("*")) if path.is_file() for text in _texts(path, out)]
    whole = re.sub(r"[\s\u00ad-]", "", "\n".join(texts)).casefold()
    return [field for field, canary in word.items() if canary.casefold() in whole]


def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
    """How many were planted, and how many came through any profile and form."""
    planted = sum(int(str(result["planted"])) for result in results)
    found = [field for result in results for field in _list(result["found"])]
    shut = [reason for result in results for reason in _list(result["shut"])]
    lines = [f"{planted} canaries, {len(PROFILES)} profiles, {len(FORMS)} forms: {len(found)} found"]
    return [*lines, *(f"FOUND {field}" for field in found), *(f"SHUT {reason}" for reason in shut)]


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _texts(path: Path, out: Path) -> Iterator[str]:
    data = path.read_bytes()
    yield str(path.relative_to(out))
    yield data.decode("utf-8", "replace")
    if path.suffix in _READERS:
        yield from _READERS[path.suffix](data)


def _pdf(data: bytes) -> Iterator[str]:
    reader = PdfReader(io.BytesIO(data))
    yield str(reader.metadata)
    yield from (page.extract_text() for page in reader.pages)


def _zip(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "replace")
            yield f"{name}\n{text}\n{re.sub(r'<[^>]*>', '', text)}"


def _parquet(data: bytes) -> Iterator[str]:
    yield pl.read_parquet(io.BytesIO(data)).write_csv()


_READERS: dict[str, Callable[[bytes], Iterator[str]]] = {".pdf": _pdf, ".docx": _zip, ".parquet": _parquet}


def _decide(case: Path, rows: Sequence[str]) -> None:
    file = case.parent / "decisions.csv"
    file.write_text("\n".join([",".join(TEMPLATE_COLUMNS), *rows]) + "\n")
    done = decide_from(case, file, progress=_silence)
    if done.bad:
        raise AssertionError(done.bad)


def _silence(stage: str, done: int, total: int) -> None:
    """Progress that nobody sees."""
