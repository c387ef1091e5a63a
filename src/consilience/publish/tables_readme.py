"""What stands beside the tables of a publication: what a row is, what each figure counts, how finely it is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from consilience.publish.catalogue import Catalogue, catalogue_of, languages
from consilience.publish.profiles import Profile
from consilience.publish.resolution import RESOLUTIONS, resolution_of

_ORDER = tuple(RESOLUTIONS)


@dataclass(frozen=True, slots=True)
class Beside:
    """Numbers of the report beside which the sums of the tables are read: sources of the case, people interviewed."""

    sources: int
    people: int


def readmes(files: Mapping[str, bytes], profile: Profile, beside: Beside) -> dict[str, bytes]:
    """`tables/README-LANG.md` for each language, on the tables that are among the files, column by column."""
    tables = {name: _read(files[path]) for name in _ORDER if (path := f"tables/{name}.csv") in files}
    return {
        f"tables/README-{language}.md": _page(catalogue_of(language), tables, profile, beside).encode()
        for language in languages()
    }


def _read(data: bytes) -> list[list[str]]:
    """The cells of a table, its header first."""
    return list(csv.reader(io.StringIO(data.decode())))


def _page(phrases: Catalogue, tables: Mapping[str, list[list[str]]], profile: Profile, beside: Beside) -> str:
    decimals = phrases.say("tables_readme", "map", decimals=profile.coordinate_decimals)
    parts = [f"# {phrases.say('tables_readme', 'title')}", phrases.say("tables_readme", "about"), decimals]
    for name, rows in tables.items():
        parts += [f"## {name}", _said_of(phrases, name, rows, profile, beside), _columns(phrases, name, rows[0])]
    body = "\n\n".join(parts)
    if phrases.direction == "rtl":
        body = f'<div dir="rtl" lang="{phrases.language}">\n\n{body}\n\n</div>'
    return f"{body}\n"


def _said_of(phrases: Catalogue, table: str, rows: list[list[str]], profile: Profile, beside: Beside) -> str:
    """What a row of it is; of a table of groups also what its figures add up to, and beside which number of the report
    that is to be read."""
    values: dict[str, int] = {}
    if table in ("sources", "interviews"):
        at = rows[0].index("count")
        values = {"sum": sum(int(row[at]) for row in rows[1:]), "least": profile.least_role}
        values["all"] = beside.sources if table == "sources" else beside.people
    return phrases.say("tables_readme", table, **values)


def _columns(phrases: Catalogue, table: str, header: list[str]) -> str:
    names = [phrases.say("tables_readme", name) for name in ("column", "what", "how_finely")]
    lines = [f"| {' | '.join(names)} |", "| --- | --- | --- |"]
    for column in header:
        pattern = next(one for one in RESOLUTIONS[table] if fnmatchcase(column, one))
        what = phrases.say(f"columns_{table}", pattern)
        finely = phrases.say("resolution", resolution_of(table, column).value)
        lines.append(f"| `{column}` | {what} | {finely} |")
    return "\n".join(lines)
