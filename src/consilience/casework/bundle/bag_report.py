"""The report of a bundle: short sentences from what the bag itself shows, each with where in it its ground stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consilience.casework.bundle.exonerating import FINDINGS
from consilience.casework.explain import per_cent, shares
from consilience.publish.likelihood_words import how_probable
from consilience.publish.local_time import LocalClock, minute_of
from consilience.publish.profiles import PROFILES, Profile
from consilience.publish.rounding import levels_of
from consilience.quantities import Log10
from consilience.records.case import CaseSettings
from consilience.vault.bundle.commitments import place

Said = tuple[str, tuple[str, ...]]
"""A text and its support."""
INTRODUCED = {"hangs on": "It hangs on this", "withheld": "Not said here"}
"""How items of what exonerates are introduced that are not on the other side, or may not be."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the bag holds, for the sentences on it as a whole."""

    status: str
    exhibits: int
    exhibits_withheld: int
    withheld: int
    acts: int
    acts_withheld: int
    ledger: str


@dataclass(frozen=True, slots=True)
class InBag:
    """What the bag shows, from which its report is written: `blocks` of findings by incident, items of the index of
    what exonerates, searches, and `rows` of each table by the name of its file."""

    blocks: Mapping[str, Mapping[str, Any]]
    exonerating: Sequence[Mapping[str, Any]]
    searches: Sequence[Any]
    rows: Mapping[str, Mapping[str, Any]]


def bag_report(shown: InBag, counted: Counted, settings: CaseSettings, profile: str) -> tuple[str, dict[str, Any]]:
    """The report as Markdown, and what `sentences.json` says of it; times on the wall clock of the case.

    Under the profile of a court it says no probability that rests on prior ones: how the evidence weighs is the
    expert's to say, what follows from it the court's (ENFSI 2015, 2.4).
    """
    parts: list[tuple[str, list[Said]]] = [
        (incident_id, list(_on_incident(incident_id, shown, settings, PROFILES[profile])))
        for incident_id in shown.blocks
    ]
    parts.append(("Bundle", list(_on_bundle(counted, len(shown.exonerating), shown.searches))))
    lines, sentences = ["# Report", ""], list[dict[str, Any]]()
    for heading, said in parts:
        lines += [f"## {heading}", ""]
        for text, ground in said:
            sentences.append({"id": f"s{len(sentences) + 1}", "text": _one_line(text), "support": list(ground)})
            lines.append(f"- {sentences[-1]['text']} [{sentences[-1]['id']}]")
        lines.append("")
    return "\n".join(lines), {"sentences": sentences}


def _on_incident(incident_id: str, shown: InBag, settings: CaseSettings, profile: Profile) -> Iterator[Said]:
    block, label = shown.blocks[incident_id], settings.label_of

    def at(*parts: str | int) -> str:
        return place(FINDINGS, "incidents", incident_id, *parts)

    row = place("rows/incidents.json", "rows", incident_id)
    yield f"This is of {block['title'] or 'an incident without a title'}.", (row,)
    if profile.shows_posterior:
        yield from _found(block, at, LocalClock(settings.zone))
    else:
        yield (
            "How probable an attack was, and its time, its mode and its author, depends also on what was believed "
            "before the evidence. This report leaves that to the court; findings.json has the figures, with the priors "
            "used.",
            (at("attack_probability"), "assumptions.json"),
        )
    for pair, weight in (block["log10_lr"] or {}).items():
        first, second = pair.split(":") if weight >= 0 else reversed(pair.split(":"))
        yield (
            f"{how_probable(weight, _proposition(first, label), _proposition(second, label))} "
            f"(log10 {abs(weight):.2f}).",
            (at("log10_lr", pair),),
        )
    confidence = block["confidence"]
    because = "; ".join([*confidence["because"], "what a log may add is withheld"])
    yield f"The basis of this is {confidence['grade']}: {because}.", (at("confidence"),)
    yield f"It rests on {len(block['evidence'])} piece(s) of evidence.", (at("evidence"),)
    for number, piece in enumerate(block["evidence"]):
        yield _on_piece(piece), (at("evidence", number), *_row_of(piece, shown.rows))
    yield from _against(incident_id, shown.exonerating, profile)


def _found(block: Mapping[str, Any], at: Callable[..., str], clock: LocalClock) -> Iterator[Said]:
    """What rests on prior probabilities too."""
    yield f"That an attack happened has a probability of {per_cent(block['attack_probability'])}.", (
        at("attack_probability"),
    )  # fmt: skip
    time = block["time"]
    ends = [minute_of(time[name]) for name in ("low", "high")]
    low, high = (clock.full(end, with_offset=clock.is_changed(*ends)) for end in ends)
    median = clock.full(minute_of(time["median"]))
    yield (
        f"Given an attack, the first impact was as probably before {median} as after it, and with "
        f"{time['level'] * 100:g} % between {low} and {high} ({clock.zone.key}).",
        (at("time"),),
    )
    yield f"Given an attack, it was delivered by: {shares(block['mode'], levels_of(block))}.", (at("mode"),)
    attribution = block["attribution"]
    yield (
        f"At a standard of {attribution['level'] * 100:g} % the finding is: {attribution['wording']} "
        f"({shares(block['party'], levels_of(block))}).",
        (at("attribution"), at("party")),
    )


def _proposition(name: str, label: Callable[[str], str]) -> str:
    """A hypothesis of `log10_lr` as a clause."""
    return {"attack": "an attack happened", "none": "nothing happened"}.get(name) or f"{label(name)} did it"


def _on_piece(piece: Mapping[str, Any]) -> str:
    """What one piece says beside all others, field by field."""
    cells = [(field, cell) for field, cell in piece["cells"].items() if "verdict" in cell]
    said = ", ".join(f"{field} {cell['verdict']} ({_bans(cell['weight_log10'])})" for field, cell in cells)
    name = f"{piece['kind'].capitalize()} {piece['evidence_id']} ({piece['group']})"
    return f"{name}: {piece['verdict']}{f'; weights in bans: {said}' if said else ''}."


def _bans(weight: Log10) -> str:
    return f"{weight:+.2f}" if abs(weight) >= 0.005 else "0.00"


def _row_of(piece: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Where the piece's own row stands in the bag; none where it has none, as a flight."""
    for name in (f"rows/{piece['kind']}s.json", f"rows/{piece['kind']}.json"):
        if piece["evidence_id"] in rows.get(name, {}).get("rows", {}):
            return (place(name, "rows", piece["evidence_id"]),)
    return ()


def _against(incident_id: str, items: Sequence[Mapping[str, Any]], profile: Profile) -> Iterator[Said]:
    """Every item of the index of what exonerates that the profile may repeat, and how many it may not."""
    mine = [(number, item) for number, item in enumerate(items) if item["incident_id"] == incident_id]
    yield (
        f"The index of what exonerates has {len(mine)} item(s) on it.",
        ("exonerating.json", *(place("exonerating.json", "items", number) for number, _ in mine)),
    )
    said = [(number, item) for number, item in mine if _may_repeat(incident_id, item["support"], profile)]
    if len(said) < len(mine):
        yield f"{len(mine) - len(said)} of them rest on prior probabilities and are not repeated here.", (
            "exonerating.json",
        )  # fmt: skip
    for number, item in said:
        introduced = INTRODUCED.get(item["kind"], "On the other side")
        yield f"{introduced}: {item['text']}.", (place("exonerating.json", "items", number),)


def _may_repeat(incident_id: str, support: Sequence[str], profile: Profile) -> bool:
    """Does an item rest on nothing in findings but what the profile's reports say, besides rows?"""
    head = place(FINDINGS, "incidents", incident_id) + "/"
    return all(
        where.removeprefix(head).partition("/")[0] in profile.findings for where in support if where.startswith(head)
    )


def _on_bundle(counted: Counted, items: int, searches: Sequence[Mapping[str, Any]]) -> Iterator[Said]:
    yield counted.status, (place("bundle.json", "status"),)
    vain = sum(search["in_vain"] is True for search in searches)
    yield (
        f"{len(searches)} search(es) are listed; {vain} found nothing, by their own words.",
        ("searches.json",),
    )
    yield f"{items} item(s) are in the index of what exonerates.", ("exonerating.json",)
    yield (
        (f"{counted.exhibits} exhibit(s) are in the bag; {counted.exhibits_withheld} that its rows cite are withheld."),
        ("exhibits.json", "withheld.json"),
    )
    yield f"{counted.withheld} values and exhibits are withheld, and can be opened one by one.", ("withheld.json",)
    yield (
        f"{counted.acts} act(s) of the ledger are disclosed with their proofs; its checkpoint: {counted.ledger}.",
        (
            "ledger/acts.json",
            "ledger/checkpoint",
        ),
    )
    if counted.acts_withheld:
        yield (
            f"{counted.acts_withheld} act(s) that kept the tables of these rows, exhibits that are withheld, or one "
            "whose version before is not given, stand there by their hashes alone, with proofs: the digests in them "
            "would tell whether a guess at what is withheld is right. Whoever made the bundle can open each.",
            ("ledger/acts.json",),
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())
