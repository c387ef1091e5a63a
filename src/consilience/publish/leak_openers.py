"""How the leak scan looks into each form of file. A form that is not here can't be looked into, and does not go out."""

from __future__ import annotations

import base64
import binascii
import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

import polars as pl

from consilience.publish.leak_pieces import Flaw, Piece, Seen
from consilience.publish.pdf_pieces import pdf_pieces
from consilience.publish.picture_flaws import jpeg_flaws, png_flaws

_DATA_URI: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)[^,\"')\s]*?;base64,([A-Za-z0-9+/=\s]+)")
_COMMENT: Final = re.compile(r"<!--(.*?)-->", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TAG: Final = re.compile(r"<[/!?a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")
_NEW_LINE: Final = re.compile(r"<(?:p|td|th|li|div|h[1-4]|text|title|desc|br|si|c|w:p)\b", re.IGNORECASE)
"""Where one thing ends and another begins: put before the tag, so that words of two cells are two words."""
_PERCENT: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_SUFFIX_OF: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg", "font/woff2": ".font"}
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")
_NUMBER: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_MOST_BYTES: Final = 1 << 28
_OFFICE_PERSONS: Final = ("dc:creator", "cp:lastModifiedBy", "Manager", "Company", "cp:keywords", "dc:description")
_OURS: Final = re.compile(r"consilience\b.*", re.IGNORECASE)
_OFFICE_PARTS: Final = {
    "thumbnail": "a thumbnail", "custom.xml": "custom properties", "comments": "comments",
    "people.xml": "names of editors",
    "embeddings/": "an embedded file", "externallinks/": "a link to another file", "vbaproject": "a program",
}  # fmt: skip
_OFFICE_MARKS: Final = {
    r"<w:(ins|del)\b": "tracked changes", r"<w:vanish\b(?! w:val=\"(0|false)\")": "hidden text",
    r"<sheet\b[^>]*state=\"(hidden|veryHidden)\"": "a hidden sheet", r"<f\b": "a formula",
    r"<(row|col)\b[^>]*hidden=\"(1|true)\"": "hidden rows or columns",
}  # fmt: skip


def opened(name: str, data: bytes) -> Seen:
    """What a file shows, by the suffix of its name. One that this version can't open is a flaw."""
    opener = OPENERS.get(PurePosixPath(name).suffix.casefold())
    if opener is None:
        return Seen(flaws=(Flaw("a form that the scan can't look into", "the whole file"),))
    return opener(data)


def _text(data: bytes) -> Seen:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Seen(flaws=(Flaw("bytes that are no UTF-8 text", "the whole file"),))
    return Seen((Piece("text", text),))


def _markdown(data: bytes) -> Seen:
    """The text, and what its character references show (CommonMark 0.31, 2.5)."""
    seen = _text(data)
    return Seen((*seen.pieces, *(replace(one, text=html.unescape(one.text)) for one in seen.pieces)), seen.flaws)


def _csv(data: bytes) -> Seen:
    seen = _text(data)
    flaws = [
        Flaw("a cell that a spreadsheet would run", f"row {row}, column {column}")
        for piece in seen.pieces
        for row, cells in enumerate(csv.reader(io.StringIO(piece.text, newline="")), 1)
        for column, cell in enumerate(cells, 1)
        if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    ]
    return seen + Seen(flaws=tuple(flaws))


def _json(data: bytes) -> Seen:
    """The text as it stands, and every string in it with its escapes undone."""
    seen = _text(data)
    try:
        values = "\n".join(_strings_of(json.loads(data)))
    except ValueError:
        return seen + Seen(flaws=(Flaw("text that is not the JSON it says", "the whole file"),))
    return seen + Seen((Piece("values", values),))


def _strings_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings_of(inner)


def _markup(data: bytes) -> Seen:
    """Text without tags (a name may be split over several), attributes and comments, and pictures within."""
    seen = _text(data)
    for piece in seen.pieces:
        bare = _DATA_URI.sub("data:", piece.text)
        hidden = [*_COMMENT.findall(bare), *(value for pair in _ATTRIBUTE.findall(bare) for value in pair if value)]
        shown = _TAG.sub("", _NEW_LINE.sub(r"\n\g<0>", _COMMENT.sub("", bare)))
        pieces = (
            Piece("text", html.unescape(shown)),
            Piece("attributes and comments", _percent_decoded(html.unescape("\n".join(hidden)))),
            Piece("source", html.unescape(bare)),
        )
        seen = Seen(pieces, seen.flaws) + _data_uris(piece.text)
    return seen


def _percent_decoded(text: str) -> str:
    """RFC 3986, section 2.1; and the text as it was, below."""
    if "%" not in text:
        return text
    raw = _PERCENT.sub(lambda match: bytes.fromhex(match[1].decode()), text.encode())
    return f"{raw.decode('utf-8', 'replace')}\n{text}"


def _data_uris(text: str) -> Seen:
    seen = Seen()
    for place, (kind, encoded) in enumerate(_DATA_URI.findall(text), 1):
        suffix = _SUFFIX_OF.get(kind, ".unknown")
        try:
            data = base64.b64decode(re.sub(r"\s", "", encoded), validate=True)
        except binascii.Error:
            seen += Seen(flaws=(Flaw("data that the scan can't unpack", f"data URI {place}"),))
            continue
        seen += Seen() if suffix == ".font" else _within(f"data URI {place}", suffix, data)
    return seen


def _within(where: str, name: str, data: bytes) -> Seen:
    inner = opened(name, data)
    return Seen(
        tuple(replace(one, where=f"{where}, {one.where}") for one in inner.pieces),
        tuple(Flaw(one.kind, f"{where}, {one.where}") for one in inner.flaws),
    )


def _office(data: bytes) -> Seen:
    """Every member of a DOCX or XLSX (ISO/IEC 29500-2), and what such a file carries beside its text."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if archive.comment or any(one.comment for one in members):
            return Seen(flaws=(Flaw("a comment in the archive", "the whole file"),))
        if sum(one.file_size for one in members) > _MOST_BYTES:
            return Seen(flaws=(Flaw("more than the scan unpacks", "the whole file"),))
        seen = Seen()
        for one in members:
            if not one.is_dir():
                seen += _office_part(one.filename, archive.read(one))
    # zipfile's own: damaged; behind a password or packed in a way that it lacks (both RuntimeError); cut off
    except (zipfile.BadZipFile, RuntimeError, EOFError):
        return Seen(flaws=(Flaw("an archive that the scan can't open", "the whole file"),))
    return seen


def _office_part(name: str, data: bytes) -> Seen:
    lower = name.casefold()
    flaws = [Flaw(kind, name) for mark, kind in _OFFICE_PARTS.items() if mark in lower]
    if not lower.endswith((".xml", ".rels")):
        return Seen(flaws=tuple(flaws)) + _within(name, name, data)
    text = data.decode("utf-8", "replace")
    flaws += [Flaw(kind, name) for mark, kind in _OFFICE_MARKS.items() if re.search(mark, text)]
    for key in _OFFICE_PERSONS:
        said = re.findall(rf"<{key}\b[^>]*>(.*?)</{key}>", text, re.DOTALL) if "docProps" in name else []
        flaws += [
            Flaw(f"metadata: {key}", name) for value in said if value.strip() and not _OURS.fullmatch(value.strip())
        ]
    return Seen(flaws=tuple(flaws)) + _within(name, "part.xml", data)


def _parquet(data: bytes) -> Seen:
    """The cells of the table; and that the file is what they alone give when they are written, so that nothing stands
    beside them. Its packed bytes are not searched: they spell e-mail addresses and ids by chance.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError):
        return Seen(flaws=(Flaw("a table that the scan can't open", "the whole file"),))
    again = io.BytesIO()
    frame.write_parquet(again)
    beside = () if again.getvalue() == data else (Flaw("bytes that are none of its cells", "the whole file"),)
    return Seen((Piece("cells", frame.write_csv()),), beside)


def _png(data: bytes) -> Seen:
    return Seen(flaws=png_flaws(data))


def _jpeg(data: bytes) -> Seen:
    return Seen(flaws=jpeg_flaws(data))


OPENERS: Final[dict[str, Callable[[bytes], Seen]]] = {
    ".md": _markdown, ".txt": _text, ".ics": _text, ".css": _text, ".sig": _text,
    ".csv": _csv, ".json": _json, ".geojson": _json,
    ".html": _markup, ".svg": _markup, ".xml": _markup,
    ".pdf": pdf_pieces, ".docx": _office, ".xlsx": _office, ".parquet": _parquet,
    ".png": _png, ".jpg": _jpeg, ".jpeg": _jpeg,
}  # fmt: skip
"""Every form that may go out, and how it is looked into."""
