"""A case with its people set apart: what is sealed has no name in it, and who has withdrawn is not there.

Every job of casework reads a case through `read_apart`. A source is sealed if it stands in the table of names, if an
interview of it says that its recording is, or if the vault holds a key of its own. Each exhibit that its rows cite is
sealed with it, and each other file of the same bytes. In the records such an exhibit is called after the first row
that cites it (`sealed:accounts/A01`), before and after the case is locked, so that findings don't depend on that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import polars as pl

from consilience.quantities import Digest
from consilience.readings.case_file import CASE_FILE
from consilience.readings.case_folder import read_case
from consilience.readings.cells import read_cells
from consilience.readings.citations import CITED, Citations, read_citations
from consilience.readings.identities import Identities, read_identities
from consilience.records.case import CaseFile, CaseRecords
from consilience.records.consent import rows_of, withdrawn_sources, without_sources
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.restricted_fields import is_restricted
from consilience.records.tables import IDENTITIES, TABLES
from consilience.vault.sealed_known import Known
from consilience.vault.store import Vault

_NO_MORE = Citations()
_CONSENT_COLUMNS = ("consent", "consent_until", "withdrawn_on")
SEALED = "sealed:"
"""How the name of a sealed exhibit begins, in the records and in the cells of a locked case."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file of the case folder that belongs to a sealed source; one that belongs to two stands here twice."""

    source_id: str
    file: CaseFile


@dataclass(frozen=True, slots=True)
class Apart:
    """A case as it may be used. `records` has neither names of sealed exhibits nor rows of who has withdrawn.

    `read` is the case as it was read, for whoever seals; `sealed` the sealed sources that have not withdrawn;
    `texts` each text of an `item` cell that a sealed exhibit goes by, and the class of equal things that it is of;
    `cited` the texts of each sealed source's own rows.
    """

    records: CaseRecords
    read: CaseRecords
    identities: Identities
    sealed: frozenset[str]
    withdrawn: frozenset[str]
    files: tuple[SealedFile, ...]
    texts: Mapping[str, str]
    cited: Mapping[str, frozenset[str]]


def read_apart(folder: Path, vault: Vault | None = None) -> Apart:
    """The case, people set apart. Writes nothing. Raises as `read_case` and `Vault.open` do."""
    vault = Vault.open(folder) if vault is None else vault
    read = _with_owners(replace(read_case(folder), withdrawn=vault.sealed.withdrawn))
    identities = read_identities(folder)
    spare = read_citations(folder, doubtful) if (doubtful := _doubtful(read)) else Citations()
    read = replace(
        read, unread_consent=_unread_consent(read, spare), withdrawn=read.withdrawn | _withdrawn_unused(read, spare)
    )
    withdrawn = withdrawn_sources(read)
    named = {str(source) for source in identities.rows}
    sealed = frozenset(named | _recorded_sealed(read, spare) | vault.sealed.sources()) - withdrawn
    files = tuple(files_of(read, sealed, spare))
    cited = _cited(read, sealed, spare)
    texts = _classes(read, cited, files, Known.read(vault.folder))
    rest = without_sources(read, withdrawn)
    names = _names(rest, texts)
    hidden = {one.file.path for one in files} | _only_of(read, rest, withdrawn, spare)
    if sealed and not spare.are_all:
        hidden |= _uncited(read)
    records = replace(
        rest,
        tables={name: _renamed(frame, names) for name, frame in rest.tables.items()},
        files=tuple(file for file in rest.files if file.path not in hidden),
        left_out=(*_told(read, rest, withdrawn, hidden, {plain_path(text) for text in texts}), *identities.left_out),
    )
    return Apart(records, read, identities, sealed, withdrawn, files, texts, cited)


def files_of(read: CaseRecords, sources: Set[str], spare: Citations = _NO_MORE) -> list[SealedFile]:
    """The files of the case that rows of these sources cite, and all others of the same bytes; tables never.

    Where a row cites a folder, all that lies in it; `spare` are rows that a run can't use. Sorted by source and path.
    """
    parts: dict[str, list[CaseFile]] = {}
    alike: dict[Digest, list[CaseFile]] = {}
    for file in read.files:
        if file.table is None:
            for part in (file.path, *file.path.parents[:-1]):
                parts.setdefault(plain_path(str(part)), []).append(file)
            if file.size_bytes:
                alike.setdefault(file.digest, []).append(file)
    found: set[tuple[str, CaseFile]] = set()
    for source, item in _cited_by(read, sources, spare):
        cited = parts.get(plain_path(item), [])
        found |= {(source, other) for file in cited for other in (file, *alike.get(file.digest, ()))}
    return [SealedFile(source, file) for source, file in sorted(found, key=lambda pair: (pair[0], pair[1].path))]


def _cited(read: CaseRecords, sources: Set[str], spare: Citations) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for source, item in _cited_by(read, sources, spare):
        found.setdefault(source, set()).add(item)
    return {source: frozenset(items) for source, items in found.items()}


def _cited_by(read: CaseRecords, sources: Set[str], spare: Citations) -> Iterator[tuple[str, str]]:
    """Each source with each text that an `item` cell of its rows holds."""
    interviews = read.tables["interviews"].select("interview_id", "source_id").drop_nulls()
    heard = {one.interview_id: one.source_id for one in spare.rows if one.recording} | dict(interviews.iter_rows())
    for frame in rows_of(read, sources).values():
        if "item" in frame.columns:
            for row in frame.filter(pl.col("item").is_not_null()).iter_rows(named=True):
                named = (row.get("source_id"), heard.get(row.get("interview_id")))
                yield from ((str(source), row["item"]) for source in named if source in sources)
    for one in spare.rows:
        owners = (one.source_id, heard.get(one.interview_id), _own_source(one.interview_id))
        yield from ((str(owner), one.item) for owner in owners if one.item and owner in sources)


def _own_source(interview_id: str | None) -> str:
    """What a sealed interview is called as a source, where it names none."""
    return f"interview {interview_id}"


def plain_path(text: str) -> str:
    """A path without what people write in different ways: slashes, letter case, composed letters, a leading `./`."""
    return unicodedata.normalize("NFC", text.replace("\\", "/")).casefold().strip().removeprefix("./").rstrip("/")


def _is_cited(path: PurePosixPath, items: Set[str]) -> bool:
    """Is this file, or a folder that it lies in, cited?"""
    return any(plain_path(str(part)) in items for part in (path, *path.parents))


def _with_owners(read: CaseRecords) -> CaseRecords:
    """An interview that names no source gets one, where something hangs on whose it is.

    A sealed one is its own source: else nothing would say whose its recording is. One that was withdrawn, or of which
    consent can't be read, is that of the source whose accounts cite it, and its own where there is no such one.
    """
    own = pl.concat_str(pl.lit(_own_source("")), pl.col("interview_id"))
    citing = _citing_sources(read, _NO_MORE)
    is_shut = pl.col("withdrawn_on_lo").is_not_null() | pl.col("interview_id").is_in(sorted(_unclear(read)))
    theirs = pl.col("interview_id").replace_strict(citing, default=None, return_dtype=pl.String)
    owner = pl.when(pl.col("recording") == "sealed").then(own).when(is_shut).then(pl.coalesce(theirs, own))
    interviews = read.tables["interviews"].with_columns(pl.coalesce("source_id", owner).alias("source_id"))
    return replace(read, tables={**read.tables, "interviews": interviews})


def _citing_sources(read: CaseRecords, spare: Citations) -> dict[str, str]:
    """By interview_id the source whose accounts cite it, where that is one and no more."""
    usable = read.tables["accounts"].select("interview_id", "source_id").drop_nulls().iter_rows()
    written = ((one.interview_id, one.source_id) for one in spare.rows if one.table == "accounts")
    sources: dict[str, set[str]] = {}
    for interview, source in (*usable, *written):
        if interview and source:
            sources.setdefault(interview, set()).add(source)
    return {interview: next(iter(found)) for interview, found in sources.items() if len(found) == 1}


def _unclear(read: CaseRecords) -> set[str]:
    """Interviews of which it can't be read what was agreed to, until when, or whether it was withdrawn."""
    return {
        item.record_id
        for item in read.left_out
        if item.table == "interviews" and item.column in _CONSENT_COLUMNS and item.record_id is not None
    }


def _doubtful(read: CaseRecords) -> set[str]:
    """Tables of which a row, or what it says of its source or exhibit, could not be used."""
    return {
        item.table
        for item in read.left_out
        if item.table in TABLES and (item.lost in (Lost.ROW, Lost.FILE) or item.column in CITED)
    }


def _recorded_sealed(read: CaseRecords, spare: Citations) -> set[str]:
    interviews = read.tables["interviews"]
    found = set(interviews.filter(pl.col("recording") == "sealed")["source_id"].drop_nulls())
    unused = [one for one in spare.rows if (one.recording or "").casefold() == "sealed"]
    return found | {one.source_id or _own_source(one.interview_id) for one in unused}


def _unread_consent(read: CaseRecords, spare: Citations) -> frozenset[str]:
    """Who has an interview that no usable row tells of, or one of which it can't be read until when consent holds."""
    interviews, citing = read.tables["interviews"], _citing_sources(read, spare)
    usable = set(interviews["interview_id"])
    rows = (one for one in spare.rows if one.table == "interviews" and one.interview_id not in usable)
    theirs = interviews.filter(pl.col("interview_id").is_in(sorted(_unclear(read))))["source_id"].drop_nulls()
    unread = {one.source_id or citing.get(one.interview_id or "") or _own_source(one.interview_id) for one in rows}
    return frozenset(unread) | frozenset(theirs)


def _withdrawn_unused(read: CaseRecords, spare: Citations) -> frozenset[str]:
    """Who has withdrawn by a date in an interview that can't be used for another reason, such as a key that is doubled:
    that undoes no withdrawal."""
    usable, citing = set(read.tables["interviews"]["interview_id"]), _citing_sources(read, spare)
    rows = [one for one in spare.rows if one.table == "interviews" and one.interview_id not in usable]
    dates = pl.Series([one.withdrawn_on for one in rows], dtype=pl.String)
    meant = read_cells(dates, TABLES["interviews"].column("withdrawn_on"), read.settings)["withdrawn_on_lo"]
    said = [one for one, moment in zip(rows, meant, strict=True) if moment is not None]
    return frozenset(
        one.source_id or citing.get(one.interview_id or "") or _own_source(one.interview_id) for one in said
    )


def _uncited(read: CaseRecords) -> set[PurePosixPath]:
    """Exhibits that no usable row cites: where rows can't be read at all, one of these may be a sealed source's."""
    items = {plain_path(item) for item in _items(read.tables.values())}
    exhibits = [file.path for file in read.files if file.table is None and str(file.path) != CASE_FILE]
    return {path for path in exhibits if not _is_cited(path, items)}


def _items(frames: Iterable[pl.DataFrame]) -> set[str]:
    return {item for frame in frames if "item" in frame.columns for item in frame["item"].drop_nulls()}


def _classes(
    read: CaseRecords, cited: Mapping[str, frozenset[str]], files: Iterable[SealedFile], known: Known
) -> dict[str, str]:
    """Each text of an `item` cell that goes with a sealed source, and what tells its exhibit from others: a digest.

    Where the file is gone it is the cell's token; one that a lock has given, if it was broken off, before it stands
    there.
    """
    digests: dict[str, Digest] = {plain_path(str(one.file.path)): one.file.digest for one in files}
    own = {text for texts in cited.values() for text in texts}
    others = {text for text in _items(read.tables.values()) if text.startswith(SEALED) or plain_path(text) in digests}
    return {text: digests.get(plain_path(text), class_of(known.token_of(text) or text)) for text in own | others}


def class_of(text: str) -> str:
    """What the cells of a locked case that mean one thing have in common: `sealed:ID` of `sealed:ID.2`."""
    return text.partition(".")[0] if text.startswith(SEALED) else text


def _names(records: CaseRecords, texts: Mapping[str, str]) -> dict[str, str]:
    """What the records call each of these texts: the first row that cites a thing names it."""
    first: dict[str, str] = {}
    for name in sorted(records.tables):
        frame, key = records.tables[name], TABLES[name].key
        if "item" not in frame.columns:
            continue
        for number, row in enumerate(frame.filter(pl.col("item").is_in(list(texts))).iter_rows(named=True), 1):
            first.setdefault(texts[row["item"]], f"{SEALED}{name}/{row[key] if key else number}")
    return {text: first[kind] for text, kind in texts.items() if kind in first}


def _renamed(frame: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    if "item" not in frame.columns or not names:
        return frame
    return frame.with_columns(pl.col("item").replace(dict(names)))


def _only_of(read: CaseRecords, rest: CaseRecords, withdrawn: Set[str], spare: Citations) -> set[PurePosixPath]:
    """Files of those who have withdrawn that no row of anybody else cites."""
    items = {plain_path(item) for item in _items(rest.tables.values())}
    return {one.file.path for one in files_of(read, withdrawn, spare) if not _is_cited(one.file.path, items)}


def _told(
    read: CaseRecords, rest: CaseRecords, withdrawn: Set[str], hidden: Set[PurePosixPath], secret: Set[str]
) -> Iterator[LeftOut]:
    """What was left out, without names of sealed exhibits and values that may lead to an observer; and a line for each
    table from which a source is gone."""
    gone = rows_of(read, withdrawn)
    keys = {name: _keys(frame, name) for name, frame in gone.items()}
    for item in rest.left_out:
        if item.record_id is not None and item.record_id in keys.get(item.table or "", ()):
            continue
        is_protected = is_restricted(item.table, item.column) or (bool(secret) and item.column == "item")
        told = replace(item, value=None) if is_protected else item
        if item.table == IDENTITIES:
            told = replace(told, lost=Lost.NOTHING)
        if item.file in hidden or (item.table is None and _is_cited(item.file, secret)):
            told = replace(told, file=PurePosixPath("a sealed exhibit"))
        yield told
    for name, frame in gone.items():
        for (file, source), rows in sorted(frame.group_by("_file", "source_id"), key=lambda pair: str(pair[0])):
            who = None if source is None else str(source)
            expected = f"a source that has not withdrawn: {len(rows)} rows are in nothing that is derived"
            where = PurePosixPath(str(file))
            yield LeftOut(where, None, None, name, who, Why.CONSENT_WITHDRAWN, Lost.ROW, None, expected)


def _keys(frame: pl.DataFrame, name: str) -> set[str]:
    key = TABLES[name].key
    return set() if key is None else set(frame[key])
