"""Canaries: made-up names, phones, positions, file names and picture metadata, planted in a small case and looked for.

Everything here is synthetic. A canary found where it must not be is a leak.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import re
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from PIL import Image, UnidentifiedImageError

CASE_TOML = """\
[case]
id = "canaries"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]
period_start = 2017-04-01
period_end = 2017-04-03
as_of = 2017-06-30
"""
NAMES, PHONES, POSITIONS, FILES, EXIF, RESTRICTED = "name", "phone", "position", "file name", "exif", "restricted"
SEALED_KINDS = (NAMES, PHONES, POSITIONS, FILES, EXIF)
_SYLLABLES = ("qa", "zu", "rim", "bel", "hax", "tov", "wen", "dri", "jo", "fey", "nuk", "vash")
_EXIF_ARTIST, _EXIF_DESCRIPTION = 0x013B, 0x010E


@dataclass(frozen=True, slots=True)
class Canary:
    """A text of one kind that stands in one protected place."""

    kind: str
    text: str

    def variants(self) -> list[bytes]:
        """As it may stand in bytes: UTF-8, UTF-16, and a number as a little-endian double."""
        found = [self.text.encode(), self.text.encode("utf-16-le")]
        if re.fullmatch(r"\d+\.\d+", self.text):
            found.append(struct.pack("<d", float(self.text)))
        return found


def plant(folder: Path, seed: int, sources: int) -> list[Canary]:
    """A case with ten canaries for each source: two names, two phones, two positions, and one or two of the others."""
    rng = random.Random(seed)
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(CASE_TOML, "utf-8")
    (folder / "sent").mkdir()
    found: list[Canary] = []
    identities, interviews, accounts, media = [], [], [], []
    for number in range(1, sources + 1):
        own = _of_one(rng, number)
        found += own
        text = {kind: [one.text for one in own if one.kind == kind] for kind in {one.kind for one in own}}
        picture, chat = (f"sent/{name}" for name in text[FILES])
        _write_exhibits(folder, picture, chat, text)
        identities.append(f'W{number},{text[NAMES][0]},{text[PHONES][0]},"lives at {text[POSITIONS][0]}, 36.5"')
        interviews.append(f"N{number},W{number},2017-05-01,analysis,sealed,{chat}")
        accounts.append(f"A{number},I1,W{number},N{number},2017-04-02T10:05,minute,F1,air strike,{chat}")
        media.append(f"M{number},I1,W{number},{picture},2017-04-02T10:06,{text[RESTRICTED][0]},36.61,7,smoke")
    _write(folder, "identities", "source_id,name,contact,note", identities)
    _write(folder, "interviews", "interview_id,source_id,date,consent,recording,item", interviews)
    header = "account_id,incident_id,source_id,interview_id,time,time_precision,facility_id,mode,item"
    _write(folder, "accounts", header, accounts)
    header = "media_id,incident_id,source_id,item,captured_at,camera_lat,camera_lon,clock_offset_s,shows"
    _write(folder, "media", header, media)
    witnesses = [f"W{number},direct_witness" for number in range(1, sources + 1)]
    _write(folder, "sources", "source_id,role", [*witnesses, "SP,flight_spotter"])
    _write(folder, "facilities", "facility_id,name,kind,lat,lon", ["F1,Hospital one,hospital,35.6,36.6"])
    _write(folder, "coverage", "kind,from,to,source_id", ["sightings,2017-04-01T00:00,2017-04-03T00:00,SP"])
    _write(folder, "places", "place,lat,lon,position_error_m", ["Northtown,35.62,36.60,2000"])
    flights = [f"S{number},SP,2017-04-02T10:0{number},Northtown,Su-24,circling" for number in range(4)]
    _write(folder, "sightings", "sighting_id,source_id,time,place,platform,activity", flights)
    return found


def _of_one(rng: random.Random, number: int) -> list[Canary]:
    def word() -> str:
        return "".join(rng.choices(_SYLLABLES, k=3)) + str(number)

    def degrees() -> str:
        return f"35.{rng.randrange(100_000, 1_000_000)}1"  # ends in 1: no shorter text says the same number

    return [
        Canary(NAMES, f"Umm {word().title()}"), Canary(NAMES, f"Abu {word().title()}"),
        Canary(PHONES, f"+9639{rng.randrange(10**7, 10**8)}"), Canary(PHONES, f"+9639{rng.randrange(10**7, 10**8)}"),
        Canary(POSITIONS, degrees()), Canary(POSITIONS, degrees()),
        Canary(FILES, f"{word()}.jpg"), Canary(FILES, f"{word()}-chat.zip"),
        Canary(EXIF, f"Camera of {word()}"), Canary(RESTRICTED, degrees()),
    ]  # fmt: skip


def _write_exhibits(folder: Path, picture: str, chat: str, text: dict[str, list[str]]) -> None:
    image = Image.effect_noise((16, 16), 64)
    exif = Image.Exif()
    exif[_EXIF_ARTIST], exif[_EXIF_DESCRIPTION] = text[EXIF][0], f"{text[NAMES][1]} {text[POSITIONS][1]}"
    image.save(folder / picture, exif=exif)
    with zipfile.ZipFile(folder / chat, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("chat.txt", f"call me: {text[PHONES][1]}")
        archive.writestr("old.txt.gz", gzip.compress(f"{text[NAMES][1]} at {text[POSITIONS][1]}".encode()))


def _write(folder: Path, table: str, header: str, rows: Sequence[str]) -> None:
    (folder / f"{table}.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")


def found_below(folder: Path, canaries: Sequence[Canary]) -> dict[Canary, set[str]]:
    """Canaries that stand anywhere below a folder: in a file's name, its bytes, or what comes out of it."""
    found: dict[Canary, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        blobs = [os.fsencode(name), *(_blobs(path.read_bytes()) if path.is_file() else ())]
        for canary in found_in(blobs, canaries):
            found.setdefault(canary, set()).add(name)
    return found


def found_in(blobs: Iterable[bytes], canaries: Sequence[Canary]) -> set[Canary]:
    """Canaries that stand in one of the blobs."""
    by_variant = {variant: canary for canary in canaries for variant in canary.variants()}
    pattern = re.compile(b"|".join(re.escape(variant) for variant in sorted(by_variant, key=len, reverse=True)))
    return {by_variant[match[0]] for blob in blobs for match in pattern.finditer(blob)}


def _blobs(data: bytes) -> Iterator[bytes]:
    """The bytes, and all that opens out of them: archives (docx, xlsx), gzip, Parquet, metadata of pictures."""
    yield data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _blobs(archive.read(name))
    elif data[:2] == b"\x1f\x8b":
        yield from _blobs(gzip.decompress(data))
    elif data[:4] == b"PAR1":
        frame = pl.read_parquet(io.BytesIO(data))
        yield "\n".join(str(row) for row in frame.iter_rows()).encode()
    elif data[:2] == b"\xff\xd8" or data[:4] == b"\x89PNG":
        try:
            with Image.open(io.BytesIO(data)) as image:
                yield repr((dict(image.getexif()), image.info)).encode()
        except UnidentifiedImageError:
            return


@contextmanager
def kept_from_removal(stash: Path, case: Path, opened: Sequence[Path]) -> Iterator[None]:
    """While the block runs, each file that is removed or replaced is copied to `stash` first: temporary files too.

    Files of the case folder itself are not, nor those below `opened`: these are there in clear because somebody asked.
    """
    stash.mkdir()
    copies = 0

    def copy(path: object, within: object) -> None:
        nonlocal copies
        try:
            name = os.fsdecode(path)  # type: ignore[arg-type]
            is_inside = isinstance(within, int) and within >= 0
            where = Path(f"/proc/self/fd/{within}").readlink() / name if is_inside else Path(name).resolve()
            is_asked_for = any(folder in where.parents for folder in opened)
            if not is_asked_for and (case not in where.parents or ".consilience" in where.parts):
                stash.joinpath(f"{copies}.bin").write_bytes(where.read_bytes())
                copies += 1
        except OSError:
            return

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if is_on and event == "os.remove":
            copy(arguments[0], arguments[1])
        elif is_on and event == "os.rename":
            copy(arguments[0], arguments[2])

    is_on = True
    sys.addaudithook(hook)  # it can't be taken out again: it only looks while it is on
    try:
        yield
    finally:
        is_on = False
