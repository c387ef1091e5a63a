"""The index of what exonerates: whatever in findings and rows speaks against what was found, or for somebody else.

It is made by rule and not by choice: each rule lists everything that it finds, so that nothing is left out because it
doesn't fit. What a withheld row says can't be listed; that there are such rows is. So is, for every incident, that
what a log may add is withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consilience.casework.bundle.chosen_rows import Chosen
from consilience.casework.explain import per_cent
from consilience.publish.rounding import levels_of
from consilience.records.parties import parties_in
from consilience.records.weighed import Verdict
from consilience.vault.bundle.commitments import place

Block = Mapping[str, Any]
Item = dict[str, Any]

FINDINGS = "findings.json"
SPEAK_AGAINST = (Verdict.IN_TENSION.value, Verdict.CONTRADICTS.value)
OTHER_CAUSES = {"another cause": "it was no attack, but another cause", "none": "nothing happened"}
FOUND_NOTHING = ("none", "nothing", "nothing found", "not found", "no result", "no results", "0")
"""Results of a search that say, in so many words, that it was in vain."""
PRESENT = ("fighters", "weapons", "vehicles", "warning_given", "evacuated")
"""What may have made a place an objective, or an attack one that was announced (docs/glossary.md)."""
NAMING = {"party": ("accounts",), "operator": ("sightings",)}
OF_LOGS = {
    ("confidence", "log"): "reasons of the basis",
    ("placebo",): "how often chance alone says as much",
    ("next_evidence",): "which evidence would tell most",
}
"""Where a block of findings has a commitment, whatever was found, to what would say that a log was kept there."""


def exonerating(blocks: Mapping[str, Block], chosen: Chosen, withheld: Mapping[str, int]) -> list[Item]:
    """Every item, incident by incident; `blocks` are the findings as the bundle shows them, `withheld` says of the id
    of each commitment which item of withheld.json it is, from 0."""
    items = list[Item]()
    for incident_id, block in blocks.items():
        items += _of_incident(incident_id, block, chosen)
        items.append(_of_logs(incident_id, block, withheld))
    return items


def searches(chosen: Chosen) -> list[Item]:
    """Every search that is in the bundle. `in_vain` is None where no result is written down or shown."""
    listed = []
    for key, row in chosen.rows.get("searches", {}).items():
        shown = chosen.shown("searches", row)
        result = shown.get("result")
        listed.append(
            {
                "search_id": key,
                "incident_id": shown.get("incident_id"),
                "in_vain": None if result is None else result.strip(" .").lower() in FOUND_NOTHING,
                "support": [place("rows/searches.json", "rows", key)],
            }
        )
    return listed


def _of_incident(incident_id: str, block: Block, chosen: Chosen) -> Iterator[Item]:
    def item(kind: str, text: str, *support: str) -> Item:
        return {"incident_id": incident_id, "kind": kind, "text": text, "support": list(support)}

    def at(*parts: str | int) -> str:
        return place(FINDINGS, "incidents", incident_id, *parts)

    for number, piece in enumerate(block["evidence"]):
        fields = [name for name, cell in piece["cells"].items() if cell.get("verdict") in SPEAK_AGAINST]
        if fields or piece["verdict"] in SPEAK_AGAINST:
            text = f"{piece['kind']} {piece['evidence_id']} {piece['verdict']}: {', '.join(fields) or 'as a whole'}"
            yield item("verdict", text, at("evidence", number))
    for number, rival in enumerate(block["rival"] or ()):
        text = (
            f"best explanation by {rival['party']}: {rival['platform']}, {rival['mode']}, {rival['time']}; "
            f"log10 of its probability against the leading one's {rival['log10_ratio']:+.2f}"
        )
        yield item("rival", text, at("rival", number))
    for cause, words in OTHER_CAUSES.items():
        yield item("cause", f"{words}: {per_cent(block['cause'][cause])}", at("cause", cause))
    yield from (item("other party", text, *support) for text, support in _other_parties(incident_id, block, chosen))
    yield from (item("hangs on", text, at(*parts)) for text, parts in _hangs_on(block))
    yield from (item(kind, text, *support) for kind, text, support in _rows(incident_id, block, chosen))


def _of_logs(incident_id: str, block: Block, withheld: Mapping[str, int]) -> Item:
    """What a log may add, which may speak against the finding: the same words for every incident, whatever it is, so
    that they don't tell whether a log was kept there. Its ground are the commitments themselves, in withheld.json."""
    said, support = [], []
    for parts, what in OF_LOGS.items():
        cell: Any = block
        for part in parts:
            cell = cell[part]
        said.append(f"{what} ({cell['withheld']})")
        support.append(place("withheld.json", "items", withheld[cell["withheld"]]))
    text = f"what a log may add is withheld of every incident, whatever it says, and can be opened: {', '.join(said)}"
    return {"incident_id": incident_id, "kind": "withheld", "text": text, "support": support}


def _other_parties(incident_id: str, block: Block, chosen: Chosen) -> Iterator[tuple[str, list[str]]]:
    """Parties that the finding leaves open or out, and rows that name others than the finding does."""
    named = set(block["attribution"]["set"])
    where = place(FINDINGS, "incidents", incident_id, "party")
    for party, share in block["party"].items():
        if party not in named:
            yield f"{party} is not named and has {per_cent(share, levels_of(block))}", [f"{where}/{party}"]
    flown = {name for track in block["tracks"] for name in track["sightings"]}
    for column, tables in NAMING.items():
        for table in tables:
            for key, row in chosen.rows.get(table, {}).items():
                is_here = row.get("incident_id") == incident_id or key in flown
                said = chosen.shown(table, row).get(column)
                if is_here and said is not None and set(parties_in(said)) != named:
                    yield f"{table} {key} names {said}", [place(f"rows/{table}.json", "rows", key, "values", column)]


def _hangs_on(block: Block) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    breakdown, attribution = block["breakdown"], block["attribution"]
    if breakdown is not None and breakdown["sources"] is not None:
        yield f"without {breakdown['sources']} group(s) of sources the answer is another", ("breakdown", "sources")
    if attribution["single_source"] is not None:
        yield "one source alone carries the one name", ("attribution",)
    if attribution["survives_range"] is False:
        yield "the names do not hold over the ranges of all assumptions", ("attribution", "survives_range")
    for number, moved in enumerate(block["sensitivity"] or ()):
        span = f"over {moved['low']:g} to {moved['high']:g}"
        text = f"assumption {moved['assumption']} {span} moves the parties by {moved['moves']:.3f}"
        yield text, ("sensitivity", number)


def _rows(incident_id: str, block: Block, chosen: Chosen) -> Iterator[tuple[str, str, list[str]]]:
    """What rows say of the place, what others concluded, that a party answered; and that rows are withheld."""
    for key, row in chosen.rows.get("site_status", {}).items():
        shown = chosen.shown("site_status", row)
        said = [name for name in PRESENT if shown.get(name) == "yes"]
        if said and shown.get("facility_id") == block["facility_id"]:
            text = f"{key} says of the place: {', '.join(name.replace('_', ' ') for name in said)}"
            yield "site status", text, [place("rows/site_status.json", "rows", key, "values", name) for name in said]
    leading = max(block["mode"], key=lambda mode: block["mode"][mode])
    for key, row in chosen.rows.get("published", {}).items():
        if row["incident_id"] != incident_id:
            continue
        party, mode = row["party"], row["mode"]
        differs = (party is not None and set(parties_in(party)) != set(block["attribution"]["set"])) or (
            mode is not None and mode != leading
        )
        if differs:
            text = f"{row['by'] or 'another investigator'} concluded: {party or 'no party'}, {mode or 'no mode'}"
            yield "published", text, [place("rows/published.json", "rows", key)]
    for key, row in chosen.rows.get("letters", {}).items():
        if chosen.shown("letters", row).get("replied_on_lo") is not None:
            yield "letter", f"letter {key} was answered", [place("rows/letters.json", "rows", key)]
    hidden = _withheld_whole(incident_id, chosen)
    if hidden:
        text = f"{len(hidden)} row(s) are withheld as a whole: what they say of the parties is not listed here"
        yield "withheld", text, hidden


def _withheld_whole(incident_id: str, chosen: Chosen) -> list[str]:
    return [
        place(f"rows/{table}.json", "rows", key)
        for table in ("accounts", "media", "imagery", "munitions")
        for key, row in chosen.rows.get(table, {}).items()
        if row["incident_id"] == incident_id and "incident_id" in chosen.rules.reasons(table, row)
    ]
