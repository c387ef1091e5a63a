"""What a sentence rests on as it was when somebody signed: its words, the names behind it, and what the rows say.

A sign-off of a sentence bears a code, `WORDS.ROWS`: a digest of the words and names, and one of the content of the
rows. A row that changes outdates it though no word of the sentence does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from consilience.casework.decisions_of_case import (
    changed_parts,
    finding_parts,
    pieces_of,
    short_digest,
    short_digest_of,
)
from consilience.casework.first_of_many import first_of
from consilience.casework.pipeline import Found
from consilience.casework.printed_names import printed_names
from consilience.publish.document import Document, Grid, Heading, Paragraph, Picture, Sentence
from consilience.publish.statements.resting import counts_every, rows_behind
from consilience.quantities import canonical_json
from consilience.records.consent import rows_by_source
from consilience.records.tables import TABLES

MOST_NAMED = 60
"""Rows that a sign-off keeps a digest of each for, so that it can say which changed (our choice: of more only that one
did; an act and a cell of the template stay short)."""
_TOLD_OF = ("accounts", "media", "imagery", "munitions")
"""Tables whose rows a report shows with the incident that they name (`publish.profiles`)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Short digests of the rows of a case by name (`accounts/A1`), and what other names stand for which of them.

    `by_id` are digests by id alone, as the parts of a finding take them in: of what a row says after the digest of that
    id in the table before, if there is one, so that an id of two tables stands for both. `tables` are digests of whole
    tables; `named` leads from an id or a flight to its rows; `pieces` are ids of evidence by incident. `beside` are, by
    incident, the rows that its finding is read with and that are no pieces of its evidence: the incident's own, its
    facility's, what is said of that place, what others published of it, flights that are no pieces, of each source the
    role that is printed, and the names of parties, the case, the incident and its facility in every language
    (`printed_names`).
    `sources` says whose each row is, of an incident whose rows its finding rests on, of a whole table whose any is.
    """

    rows: Mapping[str, str]
    by_id: Mapping[str, str]
    tables: Mapping[str, str]
    named: Mapping[str, Sequence[str]]
    pieces: Mapping[str, Sequence[str]]
    beside: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, Set[str]]

    def of_finding(self, block: Mapping[str, Any]) -> dict[str, str]:
        """What a review of a finding is bound to beside the digest of its block."""
        return finding_parts(block, self.by_id, self.beside[block["incident_id"]])

    def behind(self, sentence: Sentence, shown: object = None) -> Bound:
        """What a sign-off of this sentence is bound to; `shown` is what stands under it, if it is a caption."""
        names = rows_behind(sentence.support, self.pieces)
        parts = self.parts(names)
        said = [sentence.text, list(names)]
        plain = short_digest(said)
        if shown is None or (parts and not counts_every(sentence.support)):
            return Bound(plain, plain, parts)
        return Bound(short_digest([*said, shown]), plain, parts)

    def sources_behind(self, names: Iterable[str]) -> tuple[str, ...]:
        """Whose rows these are, sorted; names as in `parts`."""
        return tuple(sorted({source for name in names for source in self.sources.get(name, ())}))

    def parts(self, names: Iterable[str]) -> dict[str, str]:
        """The rows and whole tables that these names stand for; what is neither has no part."""
        found: dict[str, str] = {}
        for name in names:
            for row in (name,) if name in self.rows else self.named.get(name, ()):
                found[row] = self.rows[row]
            if name in self.tables:
                found[name] = self.tables[name]
        return found


@dataclass(frozen=True, slots=True)
class Bound:
    """What a sign-off of a sentence is bound to.

    `words`: the half of its code for the exact words and the names behind them. A caption that counts every incident,
    or rests on no row, says the same over other numbers: there the table or picture under it is taken in too, and
    `plain` is the half without, as an earlier version wrote it. `parts`: each row, or whole table, with the digest of
    what it says. Of a total these are the incidents that it counts; its words hold the numbers.
    """

    words: str
    plain: str
    parts: Mapping[str, str]

    @property
    def code(self) -> str:
        """What stands in the sign-off's `scope`, `WORDS.ROWS`."""
        return f"{self.words}.{rows_code(self.parts)}"


def sentences_shown(document: Document) -> Iterator[tuple[Sentence, object]]:
    """Every sentence in reading order; with a caption what stands under it as a JSON value, else None.

    Headings that somebody wrote for the case stand before the sentence below them, as words of it.
    """
    above: list[str] = []
    for block in document.blocks:
        if isinstance(block, Heading) and block.is_free:
            above.append(block.text)
        if isinstance(block, Paragraph):
            for sentence in block.sentences:
                yield _under(sentence, above), None
                above = []
        elif isinstance(block, Grid):
            yield block.caption, [list(block.header), [list(row) for row in block.rows]]
        elif isinstance(block, Picture):
            yield block.caption, [block.svg, block.alternative]


def _under(sentence: Sentence, above: Sequence[str]) -> Sentence:
    return replace(sentence, text="\n".join([*above, sentence.text]), is_free=True) if above else sentence


def once(found: Found) -> Callable[[], Rows]:
    """`rows_of_case`, made when it is first asked for, and once."""
    return cache(lambda: rows_of_case(found))


def rows_of_case(found: Found) -> Rows:
    """Digests of every row of the case, `_file` and `_row` aside: where a row stands is not what it says."""
    rows: dict[str, str] = {}
    by_id: dict[str, str] = {}
    tables: dict[str, str] = {}
    named: dict[str, list[str]] = {}
    published: defaultdict[str, list[str]] = defaultdict(list)
    for table, frame in sorted(found.records.tables.items()):
        key, listed = TABLES[table].key, []
        for row in frame.select(list(TABLES[table].canonical())[:-2]).iter_rows(named=True):
            said = canonical_json({column: str(value) for column, value in row.items() if value not in (None, [])})
            listed.append(short_digest_of(said))
            if key is not None:
                name = row[key]
                rows[f"{table}/{name}"] = listed[-1]
                by_id[name] = short_digest_of(b'["%b",%b]' % (by_id.get(name, "").encode(), said))
                named.setdefault(name, []).append(f"{table}/{name}")
            elif table == "published":  # its rows have no names
                published[row["incident_id"]].append(listed[-1])
        tables[table] = short_digest(sorted(listed))
    for block in found.findings["incidents"]:
        for track in block["tracks"] or ():
            flown = (f"sightings/{one}" for one in sorted(track["sightings"]))
            named[track["track_id"]] = [one for one in flown if one in rows]
    statuses = _statuses(found)
    beside, sources = _beside(found, rows, named, published, statuses), _sources(found, named, statuses)
    return Rows(rows, by_id, tables, named, pieces_of(found.findings), beside, sources)


def _sources(
    found: Found, named: Mapping[str, Sequence[str]], statuses: Mapping[str | None, Sequence[str]]
) -> dict[str, set[str]]:
    """Whose each row is, by name, and whose rows a table has; under `incidents/I1` whose the finding rests on: pieces,
    flights, what is said of its place, and every row that names the incident."""
    whose: defaultdict[str, set[str]] = defaultdict(set)
    for source, rows in rows_by_source(found.records).items():
        for row in rows:
            whose[row].add(source)
            whose[row.partition("/")[0]].add(source)
    for table, frame in found.records.tables.items():
        key = TABLES[table].key
        if key is not None and table != "incidents" and "incident_id" in frame.columns:
            for name, incident_id in frame.select(key, "incident_id").drop_nulls().iter_rows():
                whose[f"incidents/{incident_id}"] |= whose.get(f"{table}/{name}", set())
    for block in found.findings["incidents"]:
        names = (piece["evidence_id"] for piece in block["evidence"])
        flights = (track["track_id"] for track in block["tracks"] or ())
        rows_named = (row for name in (*names, *flights) for row in named.get(name, ()))
        for row in (*rows_named, *statuses.get(block["facility_id"], ())):
            whose[f"incidents/{block['incident_id']}"] |= whose.get(row, set())
    return dict(whose)


def _statuses(found: Found) -> dict[str | None, list[str]]:
    """By facility, what is said of it: names of rows of `site_status`."""
    said: defaultdict[str | None, list[str]] = defaultdict(list)
    table = found.records.tables["site_status"]
    for name, facility_id in table.select("status_id", "facility_id").drop_nulls().iter_rows():
        said[facility_id].append(f"site_status/{name}")
    return dict(said)


def _beside(
    found: Found,
    rows: Mapping[str, str],
    named: Mapping[str, Sequence[str]],
    published: Mapping[str, Sequence[str]],
    statuses: Mapping[str | None, Sequence[str]],
) -> dict[str, dict[str, str]]:
    """The rows that each finding is read with beside its evidence: digests by name, by incident."""
    tables, findings = found.records.tables, found.findings["incidents"]
    names = printed_names(found.case, found.records.settings)
    told: defaultdict[str, list[str]] = defaultdict(list)
    sources: dict[str, str] = {}
    for table, frame in tables.items():
        key = TABLES[table].key
        if key is None or table == "sources":
            continue
        if table in _TOLD_OF:
            for name, incident_id in frame.select(key, "incident_id").drop_nulls().iter_rows():
                told[incident_id].append(f"{table}/{name}")
        if "source_id" in frame.columns:
            sources |= {f"{table}/{name}": source for name, source in frame.select(key, "source_id").iter_rows()}
    roles = dict(tables["sources"].select("source_id", "role").iter_rows())
    beside: dict[str, dict[str, str]] = {}
    for block in findings:
        incident_id = block["incident_id"]
        pieces = {row for piece in block["evidence"] for row in named.get(piece["evidence_id"], ())}
        flown = (row for track in block["tracks"] or () for row in named[track["track_id"]])
        place = block["facility_id"]
        own = {f"incidents/{incident_id}", f"facilities/{place}", *told[incident_id], *statuses.get(place, ()), *flown}
        who = {source for row in pieces | own if (source := sources.get(row)) is not None}
        beside[incident_id] = {
            **{row: rows[row] for row in sorted(own - pieces) if row in rows},
            **{f"sources/{source}": short_digest(roles.get(source)) for source in sorted(who)},
            **(
                {f"published/{incident_id}": short_digest(sorted(said))} if (said := published.get(incident_id)) else {}
            ),
            **names.beside(incident_id, block["facility_id"]),
        }
    return beside


def rows_code(parts: Mapping[str, str]) -> str:
    """The half of a code that stands for the content of the rows, 16 hex digits."""
    return short_digest(dict(sorted(parts.items())))


def kept_parts(parts: Mapping[str, str]) -> dict[str, str] | None:
    """What a sign-off keeps, to say later which row changed; None of too many."""
    return dict(parts) if len(parts) <= MOST_NAMED else None


def rows_changed(before: Mapping[str, str] | None, after: Mapping[str, str]) -> str:
    """Which rows differ from when it was signed, in words: "row accounts A3"; without their digests that one does."""
    changed = changed_parts(before, after) if before else ()
    if not changed:
        return "a row that it rests on"
    told = [f"row {' '.join(name.split('/', 1))}" if "/" in name else f"table {name}" for name in changed]
    return first_of(told)
