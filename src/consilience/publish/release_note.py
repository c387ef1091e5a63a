"""What changed since the release before, and because of which evidence: the note that goes with a release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from consilience.publish.profiles import Profile
from consilience.publish.statements.words import Words

NEW: Final = " (new)"
GONE: Final = " (gone)"
"""How the name of a piece ends that came, or went."""
REMOVED: Final = "text removed after a withdrawal"
"""What stands for the words of a release that rested on a source who has withdrawn since."""


@dataclass(frozen=True, slots=True)
class Change:
    """How one finding differs from the release before: parts of it, and the evidence that came, went or changed.

    `was` and `now` are the wordings of its attribution, "" where there was or is no such finding, REMOVED where a
    source behind it has withdrawn since; the note says nothing of such a wording, for that would tell readers of it.
    `parts` are those that are known to differ; `is_known`: whether others may not. A part of which nobody knows what it
    was may have changed, so there is a change wherever one is.
    """

    incident_id: str
    was: str
    now: str
    parts: tuple[str, ...]
    evidence: tuple[str, ...]
    is_known: bool


def changes_between(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> tuple[Change, ...]:
    """Every finding that differs between two states of a release (`consilience.release/1` states), by incident.

    A part that is None on either side is one of which nobody knows any more what it was, and is named in no change:
    where a source behind a finding has withdrawn, it can be told which evidence came or went, and not what changed.
    """
    found = []
    for incident_id in sorted(before.keys() | after.keys()):
        old, new = before.get(incident_id), after.get(incident_id)
        if old == new:
            continue
        parts = _differing((old or {}).get("parts", {}), (new or {}).get("parts", {}))
        found.append(
            Change(
                incident_id,
                str((old or {}).get("wording", "")),
                str((new or {}).get("wording", "")),
                tuple(part for part in parts if not part.startswith("evidence")),
                tuple(part.removeprefix("evidence:") for part in parts if part.startswith("evidence")),
                is_known=all(None not in (one or {}).get("parts", {}).values() for one in (old, new)),
            )
        )
    return tuple(found)


def note_text(
    words: Words, as_of: date | None, changes: Iterable[Change] | None, profile: Profile, predecessor: str | None,
    corrections: Iterable[tuple[str, str]],
) -> str:  # fmt: skip
    """The note as Markdown in one language, with the day of which the release speaks, so that whoever approves it
    approves that too. `changes` is None where what stood in the release before is on record no more. `corrections` are
    answered ones: what was corrected, and how severe it was.

    Parts that the profile may not say are not named; wordings only where it says who did it. Evidence stands under its
    id in the case, as the report's own trails name it. Where evidence went or changed, for whatever reason, or may
    have, one line says so and nothing else: after a withdrawal nobody knows more, and a note that said less of one
    finding than of others, or nothing, would tell the world of it. What came alone is named.
    """
    lines = [f"# {words.label('release_note')}", ""]
    if as_of is not None:
        lines += [words.say("note_as_of", date=words.day(as_of)), ""]
    if predecessor is None:
        lines.append(words.say("note_first"))
    else:
        told = [f"- {line}" for one in changes or () for line in _told(words, one, profile)]
        follows = words.say("note_follows", manifest=words.foreign(predecessor))
        lines += [follows, "", *(told or [words.say("note_not_known" if changes is None else "note_nothing")])]
    corrected = [
        "- " + words.say("note_correction", target=words.foreign(what), severity=words.word("severity", severity))
        for what, severity in corrections
    ]
    text = "\n".join([*lines, *(["", f"## {words.label('corrections')}", "", *corrected] if corrected else [])])
    if words.is_rtl:
        text = f'<div dir="rtl" lang="{words.catalogue.language}">\n\n{text}\n\n</div>'
    return text + "\n"


def _told(words: Words, change: Change, profile: Profile) -> Iterator[str]:
    incident = words.foreign(change.incident_id)
    if not change.was or not change.now:
        yield words.say("note_gone" if change.was else "note_new", incident=incident)
        return
    may = [words.word("finding", part) for part in change.parts if part in profile.findings]
    if not change.is_known or not all(name.endswith(NEW) for name in change.evidence):
        yield words.say("note_other_evidence", incident=incident)
        return
    evidence = words.label("comma").join(_piece(words, name) for name in change.evidence)
    because = words.label("note_because", evidence=evidence) if evidence and may else ""
    if not may and not evidence:
        return
    said = words.label("comma").join(may)
    told = words.say("note_changed", incident=incident, parts=said, because=because) if may else words.say(
        "note_evidence", incident=incident, evidence=evidence)  # fmt: skip
    if change.was not in (change.now, REMOVED) and "attribution" in profile.findings:
        told += " " + words.say("note_wording", was=_wording(words, change.was), now=_wording(words, change.now))
    yield told


def _piece(words: Words, name: str) -> str:
    """A piece that came."""
    return words.label("note_piece_new", piece=words.foreign(name.removesuffix(NEW)))


def _wording(words: Words, wording: str) -> str:
    """Who is named, in the language; parties joined as findings.json joins them."""
    parties = re.split(" (or|and) ", wording)
    if all(name in words.party_names for name in parties[::2]):
        named = words.parties(parties[::2], "together" if "and" in parties[1::2] else "one_of")
        return words.label("quoted", text=named)
    return words.label("quoted", text=words.word("not", wording))


def _differing(old: Mapping[str, str | None], new: Mapping[str, str | None]) -> tuple[str, ...]:
    """Names of parts that differ; evidence that came or went says so."""
    found = []
    for name in sorted(old.keys() | new.keys()):
        is_unknown = name in old and name in new and None in (old[name], new[name])
        if old.get(name, "") != new.get(name, "") and not is_unknown:
            is_evidence = name.startswith("evidence:")
            how = (NEW if name not in old else GONE if name not in new else "") if is_evidence else ""
            found.append(name + how)
    return tuple(found)
