"""What a sentence rests on as it was when somebody signed: its words, the names behind it, and what the rows say.

A sign-off of a sentence bears a code, `WORDS.ROWS`: a digest of the words and names, and one of the content of the
rows. A row that changes outdates it though no word of the sentence does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from consilience.casework.decisions_of_case import changed_parts, pieces_of, short_digest
from consilience.casework.pipeline import Found
from consilience.publish.document import Sentence
from consilience.publish.statements.resting import rows_behind
from consilience.records.tables import TABLES

MOST_NAMED = 60
"""Rows that a sign-off keeps a digest of each for, so that it can say which changed (our choice: of more only that one
did; an act and a cell of the template stay short)."""
_TOLD = 3
"""Changed rows that a reason names."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Short digests of the rows of a case by name (`accounts/A1`), and what other names stand for which of them.

    `tables` are digests of whole tables; `named` leads from an id or a flight to its rows; `pieces` are ids of evidence
    by incident.
    """

    rows: Mapping[str, str]
    tables: Mapping[str, str]
    named: Mapping[str, Sequence[str]]
    pieces: Mapping[str, Sequence[str]]

    def of(self, sentence: Sentence) -> dict[str, str]:
        """Each row, or whole table, that the sentence rests on, with the digest of what it says."""
        return self.parts(rows_behind(sentence.support, self.pieces))

    def parts(self, names: Iterable[str]) -> dict[str, str]:
        """The rows and whole tables that these names stand for; what is neither has no part."""
        found: dict[str, str] = {}
        for name in names:
            for row in (name,) if name in self.rows else self.named.get(name, ()):
                found[row] = self.rows[row]
            if name in self.tables:
                found[name] = self.tables[name]
        return found

    def code(self, sentence: Sentence) -> str:
        """The code for the exact words of a sentence, the names behind it and the content of the rows, `WORDS.ROWS`.

        Of a total the rows are the incidents that it counts.
        """
        words = short_digest([sentence.text, list(rows_behind(sentence.support, self.pieces))])
        return f"{words}.{rows_code(self.of(sentence))}"


def rows_of_case(found: Found) -> Rows:
    """Digests of every row of the case, `_file` and `_row` aside: where a row stands is not what it says."""
    rows: dict[str, str] = {}
    tables: dict[str, str] = {}
    named: dict[str, list[str]] = {}
    for table, frame in sorted(found.records.tables.items()):
        key, listed = TABLES[table].key, []
        for row in frame.select(list(TABLES[table].canonical())[:-2]).iter_rows(named=True):
            said = short_digest({column: str(value) for column, value in row.items() if value not in (None, [])})
            listed.append(said)
            if key is not None:
                rows[f"{table}/{row[key]}"] = said
                named.setdefault(str(row[key]), []).append(f"{table}/{row[key]}")
        tables[table] = short_digest(sorted(listed))
    for block in found.findings["incidents"]:
        for track in block["tracks"] or ():
            flown = (f"sightings/{one}" for one in sorted(track["sightings"]))
            named[track["track_id"]] = [one for one in flown if one in rows]
    return Rows(rows, tables, named, pieces_of(found.findings))


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
    return ", ".join(told[:_TOLD]) + (", …" if len(told) > _TOLD else "")
