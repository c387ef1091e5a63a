"""The summary page of a bundle: short sentences, each with where in the bag its ground stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consilience.casework.bundle.exonerating import FINDINGS
from consilience.casework.explain import per_cent, shares
from consilience.publish.rounding import levels_of
from consilience.vault.bundle.commitments import place

Said = tuple[str, tuple[str, ...]]
"""A text and its support."""


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


def summary(
    blocks: Mapping[str, Mapping[str, Any]],
    exonerating: Sequence[Mapping[str, Any]],
    searches: Sequence[Any],
    counted: Counted,
) -> tuple[str, dict[str, Any]]:
    """The page as Markdown, and what `sentences.json` says of it."""
    parts: list[tuple[str, list[Said]]] = [
        (incident_id, list(_on_incident(incident_id, block, exonerating))) for incident_id, block in blocks.items()
    ]
    parts.append(("Bundle", list(_on_bundle(counted, len(exonerating), searches))))
    lines, sentences = ["# Summary", ""], list[dict[str, Any]]()
    for heading, said in parts:
        lines += [f"## {heading}", ""]
        for text, support in said:
            sentences.append({"id": f"s{len(sentences) + 1}", "text": _one_line(text), "support": list(support)})
            lines.append(f"- {sentences[-1]['text']} [{sentences[-1]['id']}]")
        lines.append("")
    return "\n".join(lines), {"sentences": sentences}


def _on_incident(
    incident_id: str, block: Mapping[str, Any], exonerating: Sequence[Mapping[str, Any]]
) -> Iterator[Said]:
    def at(*parts: str) -> str:
        return place(FINDINGS, "incidents", incident_id, *parts)

    row = place("rows/incidents.json", "rows", incident_id)
    title = block["title"] or "the incident"
    yield (
        f"{title}: that an attack happened has a probability of {per_cent(block['attack_probability'])}.",
        (
            at("attack_probability"),
            row,
        ),
    )
    time = block["time"]
    yield (
        (
            f"Given an attack, the first impact was at about {time['median']}, and with {time['level'] * 100:g} % "
            f"between {time['low']} and {time['high']} (UTC)."
        ),
        (at("time"),),
    )
    yield f"Given an attack, it was delivered by: {shares(block['mode'], levels_of(block))}.", (at("mode"),)
    attribution = block["attribution"]
    yield (
        (
            f"At a standard of {attribution['level'] * 100:g} % the finding is: {attribution['wording']} "
            f"({shares(block['party'], levels_of(block))})."
        ),
        (at("attribution"), at("party")),
    )
    confidence = block["confidence"]
    yield f"The basis of this is {confidence['grade']}: {'; '.join(confidence['because'])}.", (at("confidence"),)
    yield f"It rests on {len(block['evidence'])} piece(s) of evidence.", (at("evidence"),)
    items = [number for number, item in enumerate(exonerating) if item["incident_id"] == incident_id]
    yield (
        f"The index of what exonerates has {len(items)} item(s) on it.",
        (
            "exonerating.json",
            *(place("exonerating.json", "items", number) for number in items),
        ),
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
