"""What each table and column of a case is for, in words: the README of a new case is made from this and the schemas."""

from __future__ import annotations

from consilience.records.columns import Column, Kind, Table

ROW_IS = {
    "identities": "who a source really is: a run seals it, and no report or table shows it",
    "sources": "who or what told us; the id is the pseudonym used in this case",
    "interviews": "one interview, with what was consented to",
    "facilities": "a place that was hit or is spoken of",
    "site_status": "what a source says of a place around a time: use, military presence, warning, what was lost",
    "places": "a place name that this case needs beyond the shipped gazetteer",
    "incidents": "something that is alleged to have happened; without this table incidents are formed from accounts",
    "accounts": "one source's claim about one incident; claims that contradict each other stand side by side",
    "sightings": "one entry of a spotter's log, as it was written",
    "transmissions": "one intercepted radio transmission",
    "coverage": "a time and area in which a log was kept without gaps; outside it silence says nothing",
    "media": "a video or photograph; with `shows` empty it says nothing about the time",
    "imagery": "a satellite scene and what an analyst read in it",
    "munitions": "a remnant that was identified",
    "detections": "what an instrument or a public system noticed",
    "casualties": "one person on one list; write no name here that must stay protected",
    "leads": "something found that is not yet evidence, with the reason why not",
    "searches": "a look for evidence, also where it found nothing",
    "context": "the wider situation; shown in the report, never weighed",
    "letters": "a right of reply that was offered",
    "published": "what other investigators concluded; shown beside the findings, never weighed",
}  # fmt: skip
"""A row of each table, in one clause."""

MEANING = {
    "depends_on": "sources that this one has its knowledge from",
    "reliability": "NATO grade; shown, not weighed",
    "shown_or_told_before": "ids of what the person had seen or been told before speaking",
    "deconflicted": "true, false, or the date on which its coordinates were given to the parties",
    "position_error_m": "radius in metres within which the position is right",
    "names": "other spellings, any script",
    "window_start": "start of the alleged window; shown, and searched only where no account gives a time",
    "window_end": "end of the alleged window",
    "perception": "how the person knows",
    "time_end": "some time between `time` and this",
    "time_precision": "empty: minute for logs and media, about for accounts",
    "time_words": "a part of the day or a prayer, read through the sun",
    "mode": "how the weapon was delivered",
    "cluster": "did it scatter bomblets?",
    "party": "parties joined by `;` (one of them) or `+` (both took part)",
    "party_basis": "what the claim about the party rests on; empty: an assumption",
    "strikes": "how many strikes the source counted",
    "platform": "the aircraft or launcher as written",
    "operator": "the party that flew it, only where the log says so",
    "heading": "compass words",
    "origin": "where it took off, as written",
    "count": "aircraft; empty: at least one",
    "phrase": "class of the code word; empty: read from the transcript",
    "from": "start", "to": "end; a date without a clock time is the end of that day",
    "clock_offset_s": "seconds that the device's clock runs ahead; taken off",
    "captured_at": "as the device shows it",
    "camera_lat": "where it was taken from", "camera_lon": "where it was taken from",
    "shows": "what can be seen",
    "damage": "at the facility, as read by an analyst",
    "cloud_at_site": "share of the site under cloud, 0 to 1",
    "item": "path of an exhibit in this folder",
    "locator": "the place inside the exhibit: page, second, row",
    "kind": "what sort", "why_excluded": "kept with the lead",
}  # fmt: skip
"""Columns whose name does not say enough."""

_HOW = {
    Kind.ID: "a name of its own",
    Kind.IDS: "names, separated by `;`",
    Kind.TEXT: "text",
    Kind.ENUM: "one of",
    Kind.ENUMS: "some of, separated by `;`",
    Kind.PARTY: "a party",
    Kind.NUMBER: "a number",
    Kind.COUNT: "a whole number",
    Kind.YES_NO: "yes or no",
    Kind.TIME: "ISO 8601; without an offset local time of the case's zone; a date alone is the whole day",
    Kind.LATITUDE: "degrees north, WGS 84",
    Kind.LONGITUDE: "degrees east, WGS 84",
    Kind.AREA: "`west;south;east;north` in degrees, or a place; empty: everywhere",
}


def explain_table(table: Table) -> str:
    """A Markdown section: what a row is, and one line for each column."""
    lines = [
        f"## {table.name}.csv",
        "",
        f"A row is {ROW_IS[table.name]}.",
        "",
        "| column | what stands in it |",
        "| --- | --- |",
    ]
    return "\n".join([*lines, *(f"| `{column.name}` | {_explain(column)} |" for column in table.columns), ""])


def _explain(column: Column) -> str:
    clauses = [MEANING[column.name]] if column.name in MEANING else []
    how = _HOW[column.kind]
    clauses.append(f"{how} {', '.join(column.words)}" if column.words else how)
    if column.refers_to is not None:
        clauses.append(f"as in `{column.refers_to}`")
    if column.required:
        clauses.append("needed")
    if column.personal:
        clauses.append("may name a person: its values are never repeated in a message")
    return "; ".join(clauses)
