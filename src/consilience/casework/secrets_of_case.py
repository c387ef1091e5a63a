"""What a publication of this case must not hold: from its tables, its files and its folder, by kind."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import polars as pl

from consilience.casework.acting_time import now
from consilience.casework.keys import own_keyring
from consilience.casework.people import SEALED, Apart
from consilience.casework.pipeline import Found
from consilience.casework.roles import require_role
from consilience.errors import PublishError, UsageError, VaultError
from consilience.publish.leak_scan import Secrets, plain
from consilience.publish.profiles import Profile
from consilience.readings.characters import squeezed
from consilience.readings.identities import read_identities
from consilience.records.case import CaseRecords
from consilience.records.tables import TABLES
from consilience.vault.sealed_store import begin_opening
from consilience.vault.sealing import CELLS, IDENTITY
from consilience.vault.store import Vault

_FREE_TEXT: Final = frozenset({"note", "why_excluded", "not_sought_why", "url"})
"""Personal columns that hold sentences or addresses; every other one holds names, and any of them is one phrase."""
_DESCRIBED: Final = frozenset({"others_present"})
"""Columns that describe as often as they name ("wife, two children"): only what may be a name is searched."""
_WORD: Final = re.compile(r"[^\W_]+")
_RUN: Final = 5
"""Words in a row that betray a note: fewer occur by chance ("medical worker, to or for"); our choice."""
_SHORTEST: Final = 3
_LONG_NAME: Final = 8
"""Letters of a file's name that is searched: "photo 1" stands in any report."""
_LARGEST_NAMES: Final = 1 << 20
"""Bytes of a sealed item that may be a row of names; a larger one is a recording."""
_WHY: Final = "the leak scan of a release has to know the names"
_NOT_OPENED: Final = "Let one release who has a custodian's key and the role identity custodian."
_NOBODY: Final = frozenset({"none", "nobody", "no", "yes", "unknown", "na", "not known", "anonymous"})
_MARGIN_DEG: Final = 0.5
"""How far around this case's positions a pair of numbers is taken for one of them."""
_ACCOUNT_HOSTS: Final = ("twitter.com", "x.com", "facebook.com", "youtube.com", "instagram.com", "t.me", "tiktok.com")
_NOT_HANDLES: Final = frozenset({"watch", "status", "posts", "videos", "channel", "user", "embed", "photo", "groups"})


Placed = tuple[str, str]
"""A phrase, and the cell where it stands ("media.csv, row 3, column url"); "" where it stands in no table."""


def secrets_of(found: Found, apart: Apart, profile: Profile, vault: Vault) -> Secrets:
    """What the leak scan of a release looks for: in the case as it was read, whoever is sealed or has withdrawn.

    Raises PublishError for names that can't be read or opened here: nobody is protected by a scan that does not know
    them. Raises the errors of a vault where the ledger can't take that names were opened.
    """
    records = apart.read
    public = _public_words(found.records)
    sealed = _sealed(found.case, vault)
    apart_from_tables = ((name, "") for name in (*_identities(found.case), *sealed.names))
    phrases = {
        **_by_place("a name or contact of a person", (
            one for one in (*apart_from_tables, *_personal_names(records, profile)) if _is_telling(one[0], public)
        )),
        **_by_place("words of a private note", _runs(_free_texts(records))),
        **_by_place("an address of a page in the case", _addresses(records, public | _named_publishers(found.records))),
        **_by_place("the name of a file of the case", ((name, "") for name in _file_names(records, sealed.texts))),
    }  # fmt: skip
    ids = frozenset[str]() if profile.names_sources else frozenset(_source_ids(apart))
    return Secrets(phrases, ids, profile.coordinate_decimals, _box(records))


def _by_place(kind: str, given: Iterable[Placed]) -> dict[str, tuple[str, ...]]:
    """The phrases by what a hit on them is called: the kind, and the cell of the case's tables that holds the phrase,
    the first of several, so that whoever reads the hit finds what it never repeats.
    """
    places: dict[str, dict[str, None]] = {}
    for phrase, place in given:
        places.setdefault(phrase, {}).update({place: None} if place else {})
    found: dict[str, list[str]] = {}
    for phrase, cells in places.items():
        first, more = next(iter(cells), ""), f" and {len(cells) - 1:,} more" if len(cells) > 1 else ""
        found.setdefault(f"{kind}, as in {first}{more}" if first else kind, []).append(phrase)
    return {named: tuple(phrases) for named, phrases in found.items()}


def _cells(frame: pl.DataFrame, column: str) -> Iterator[Placed]:
    """Every text of a column with the file, row and column where it stands."""
    for text, file, row in frame.select(column, "_file", "_row").drop_nulls(column).iter_rows():
        yield text, f"{file}, row {row}, column {column}"


def _is_telling(name: str, public: frozenset[str]) -> bool:
    """Can it be looked for: neither too short, nor a word like "none", nor the name of a place?"""
    words = tuple(_WORD.findall(plain(name)))
    said = " ".join(words)
    return len(said) >= _SHORTEST and said not in _NOBODY and not (len(words) == 1 and said in public)


def _public_words(records: CaseRecords) -> frozenset[str]:
    """Single words that a report has to print: of places, facilities and parties."""
    tables = records.tables
    texts = [*tables["places"]["place"], *tables["incidents"]["place"], *tables["facilities"]["name"]]
    texts += [*records.settings.parties, *(records.settings.party_labels or {}).values()]
    return frozenset(word for text in texts if text for word in _WORD.findall(plain(text)))


def _named_publishers(records: CaseRecords) -> frozenset[str]:
    """Single words of those whose conclusions a report has to cite by name."""
    return frozenset(word for text in records.tables["published"]["by"] if text for word in _WORD.findall(plain(text)))


def _identities(case: Path) -> Iterator[str]:
    """Every cell of a table of identities that lies in the folder in clear, but for the ids."""
    identities = read_identities(case)
    if identities.left_out:
        one = identities.left_out[0]
        place = f"{one.file}" if one.row is None else f"{one.file}, row {one.row}"
        remedy = "Mend that row: what can't be read can't be looked for in a publication."
        raise PublishError("a name in a table of identities can't be read", where=place, remedy=remedy)
    for rows in identities.rows.values():
        yield from _cells_of(rows)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What was sealed and is opened for the scan: names and contacts, and what exhibits were called before a lock."""

    names: tuple[str, ...]
    texts: tuple[str, ...]


def _sealed(case: Path, vault: Vault) -> _Sealed:
    """All that is sealed of sources whose names don't lie in the folder too, opened with a custodian's key of ours.

    The ledger says so of each source, also on a dry run: to search for a name is to have opened it. Recordings stay
    closed but for those as small as a row of names. Raises PublishError where nobody here can open one.
    """
    in_clear = read_identities(case).rows.keys()
    wanted = sorted(vault.sealed.sources() - in_clear)
    names: list[str] = []
    texts: list[str] = []
    for source_id in wanted:
        try:
            keyring = own_keyring()
            require_role(keyring.folder, "unseal")
            opening = begin_opening(vault, source_id, keyring.identities(), _WHY, now())
            for item in opening.items:
                if item.size_bytes <= _LARGEST_NAMES:
                    out = io.BytesIO()
                    kind = opening.read(item, out).kind
                    if kind == IDENTITY:
                        names += _cells_of(out.getvalue())
                    elif kind == CELLS:
                        texts += json.loads(out.getvalue())["cells"].values()
        except (VaultError, UsageError) as err:
            what = f"the names of a sealed source can't be opened: {err.what}"
            own = None if err.remedy == err.usual_remedy else err.remedy
            raise PublishError(what, where=source_id, remedy=own or _NOT_OPENED) from err
    return _Sealed(tuple(names), tuple(texts))


def _cells_of(rows: bytes) -> Iterator[str]:
    for row in json.loads(rows):
        yield from (str(value) for column, value in row.items() if squeezed(column) != "sourceid" and value)


def _personal_names(records: CaseRecords, profile: Profile) -> Iterator[Placed]:
    for name, frame in records.tables.items():
        allowed = profile.columns.get(name, ())
        for column in TABLES[name].columns:
            if column.personal and column.name not in _FREE_TEXT and column.name not in allowed:
                for value, place in _cells(frame, column.name):
                    parts = dict.fromkeys((value, *re.split(r"[;,/]", value)))
                    yield from ((part, place) for part in parts if column.name not in _DESCRIBED or _may_name(part))


def _may_name(text: str) -> bool:
    """Has it a capital letter, or one of a script that has none? "wife, two children" hasn't."""
    return any(letter.isupper() or not letter.isascii() for letter in text)


def _free_texts(records: CaseRecords) -> Iterator[Placed]:
    for name, frame in records.tables.items():
        for column in TABLES[name].columns:
            if column.personal and column.name in _FREE_TEXT - {"url"}:
                yield from _cells(frame, column.name)


def _runs(texts: Iterable[Placed]) -> Iterator[Placed]:
    """Every few words in a row of the notes, and words that mix letters and digits, as names of accounts do."""
    for text, place in texts:
        words = _WORD.findall(plain(text))
        yield from ((" ".join(words[k : k + _RUN]), place) for k in range(len(words) - _RUN + 1))
        yield from ((word, place) for word in words if len(word) > _RUN and not word.isalpha() and not word.isdigit())


def _addresses(records: CaseRecords, public: frozenset[str]) -> Iterator[Placed]:
    """Addresses of pages in personal columns: host and path, and the account in it, unless its name is made of words
    that a report has to print: `t.me/kherson` would make every "Kherson" a leak. Its whole address is looked for still.
    """
    for name in ("media", "leads"):
        for url, place in _cells(records.tables[name], "url"):
            host, _, rest = url.rpartition("//")[2].partition("/")
            host = host.casefold().removeprefix("www.").removeprefix("m.")
            path = [part for part in re.split(r"[/?#]", rest) if part]
            if path:
                yield " ".join([host, *path]), place
            handle = path[0].removeprefix("@") if path else ""
            is_handle = host in _ACCOUNT_HOSTS and len(handle) > _RUN and handle.casefold() not in _NOT_HANDLES
            if is_handle and not public.issuperset(_WORD.findall(plain(handle))):
                yield handle, place


def _file_names(records: CaseRecords, sealed: Iterable[str]) -> Iterator[str]:
    """Exhibits by their name without ending, where it is more than a word that anybody uses."""
    cited = {
        text for frame in records.tables.values() if "item" in frame.columns for text in frame["item"].drop_nulls()
    }
    texts = {text.replace("\\", "/") for text in (*cited, *sealed) if not text.startswith(SEALED)}
    paths = {file.path for file in records.files if file.table is None} | {PurePosixPath(text) for text in texts}
    for stem in sorted({path.stem for path in paths}):
        words = _WORD.findall(stem)
        if len(words) > 1 and len("".join(words)) >= _LONG_NAME:
            yield stem


def _source_ids(apart: Apart) -> Iterator[str]:
    """Ids of sources, but for those that also name something else, such as a sighting."""
    records = apart.read
    others = {
        value
        for name, frame in records.tables.items()
        if name != "sources" and (key := TABLES[name].key) is not None
        for value in frame[key].drop_nulls()
    }
    for source_id in sorted({*records.tables["sources"]["source_id"], *apart.sealed, *apart.withdrawn}):
        if source_id not in others and len(source_id) >= _SHORTEST:
            yield source_id


def _box(records: CaseRecords) -> tuple[float, float, float, float] | None:
    """Around every position of the case: west, south, east, north."""
    lats: list[float] = []
    lons: list[float] = []
    for frame in records.tables.values():
        for lat, lon in (("lat", "lon"), ("camera_lat", "camera_lon")):
            if lat in frame.columns:
                lats += frame[lat].drop_nulls().to_list()
                lons += frame[lon].drop_nulls().to_list()
    if not lats or not lons:
        return None
    m = _MARGIN_DEG
    return min(lons) - m, min(lats) - m, max(lons) + m, max(lats) + m
