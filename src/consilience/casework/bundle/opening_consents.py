"""Of what is about to be opened: what belongs to somebody who does not agree, today, to what the bundle is for.

Whoever withheld a thing did so by the consents of that day; they are asked anew, since an opening hands out as a bundle
does. Rows, exhibits and acts are looked up in the case as it is now; what can't be found there is nobody's to allow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from consilience.casework.bundle.chosen_rows import keyed
from consilience.casework.bundle.withholding import sources_named
from consilience.casework.people import Apart, files_of, plain_path
from consilience.records.consent import agreeing_interviews, may
from consilience.records.tables import TABLES
from consilience.vault.bundle.commitments import EXHIBIT

_GONE = "is of a row that is no longer in the case"


@dataclass(frozen=True, slots=True)
class OpeningConsents:
    """Who agrees to a bundle's profile on a day. `names` are names for publication, by source_id."""

    apart: Apart
    names: Mapping[str, str]
    profile: str
    on: date

    def refused(self, opening: Mapping[str, Any]) -> dict[str, str]:
        """By item or number of an act, why consent does not let it be opened; what may be opened is not in it."""
        places = ((one["id"], *json.loads(one["disclosure"])[1:]) for one in opening["openings"])
        found = {name: self._why(at, value) for name, at, value in places}
        found |= {str(one["index"]): self._exhibit(json.loads(one["body"])["content"]) for one in opening["acts"]}
        return {name: why for name, why in found.items() if why is not None}

    def _why(self, at: str, value: object) -> str | None:
        file, _, pointer = at.partition("#/")
        if file == EXHIBIT and isinstance(value, dict):
            return self._exhibit(value)
        named = self._unwilling(set(_texts(value)) & sources_named(self.apart.read))
        if named is not None or not file.startswith("rows/"):
            return named
        key = pointer.split("/")[1].replace("~1", "/").replace("~0", "~")
        return self._row(file.removeprefix("rows/").removesuffix(".json"), key)

    def _row(self, table: str, key: str) -> str | None:
        """Whose the row is; of a table without keys, where a number may be another row's by now, whose any row is."""
        rows = [row for name, row in keyed(self.apart.read, table) if self._is_called(table, name, key)]
        if not rows:
            return _GONE
        sources = {str(row["source_id"]) for row in rows if row.get("source_id")}
        interviews = {str(row["interview_id"]) for row in rows if row.get("interview_id")}
        return self._unwilling(sources) or self._unwilling_in(interviews)

    def _is_called(self, table: str, name: str, key: str) -> bool:
        """A source's row stands under its publication name."""
        return TABLES[table].key is None or key == (self.names.get(name) if table == "sources" else name)

    def _exhibit(self, value: Mapping[str, Any]) -> str | None:
        """Of an exhibit, or an act that preserved one: whoever gave it, or the same bytes."""
        read = self.apart.read
        givers = {one.source_id for one in files_of(read, sources_named(read)) if one.file.digest == value["digest"]}
        same = {plain_path(str(file.path)) for file in read.files if file.digest == value["digest"]}
        cited = {
            str(row["interview_id"])
            for row in read.tables["interviews"].iter_rows(named=True)
            if row["item"] is not None and plain_path(row["item"]) in same
        }
        return self._unwilling(givers) or self._unwilling_in(cited)

    def _unwilling(self, sources: set[str]) -> str | None:
        for source in sorted(sources):
            if not may(self.apart.read, source, self.profile, self.on):
                return f"is of source {source}, who does not agree to the use {self.profile!r} on {self.on}"
        return None

    def _unwilling_in(self, interviews: set[str]) -> str | None:
        read = replace(self.apart.read, consent_day=self.on)
        for interview in sorted(interviews - agreeing_interviews(read, self.profile)):
            return f"is of interview {interview}, which was not given for the use {self.profile!r} on {self.on}"
        return None


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
