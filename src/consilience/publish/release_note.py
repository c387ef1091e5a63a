"""What changed since the release before, and because of which evidence: the note that goes with a release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consilience.publish.profiles import Profile


@dataclass(frozen=True, slots=True)
class Change:
    """How one finding differs from the release before: parts of it, and the evidence that came, went or changed.

    `was` and `now` are the wordings of its attribution, "" where there was or is no such finding.
    """

    incident_id: str
    was: str
    now: str
    parts: tuple[str, ...]
    evidence: tuple[str, ...]


def changes_between(
    before: Mapping[str, Mapping[str, Mapping[str, str]]], after: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> tuple[Change, ...]:
    """Every finding that differs between two states of a release (`consilience.release/1` states), by incident."""
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
            )
        )
    return tuple(found)


def note_text(
    as_of: str, changes: Iterable[Change], profile: Profile, predecessor: str | None, corrections: Iterable[str]
) -> str:
    """The note as Markdown, with the day of which the release speaks, so that whoever approves it approves that too.
    Parts that the profile may not say are not named; wordings only where it says who did it.

       Evidence stands under its id in the case, as the report's own trails name it.
    """
    if predecessor is None:
        lines = ["# Release note", "", f"As of {as_of}.", "", "This is the first release under this profile."]
        return "\n".join([*lines, *_corrected(corrections)]) + "\n"
    lines = [
        "# Release note",
        "",
        f"As of {as_of}.",
        "",
        f"This release follows the one whose manifest is {predecessor}.",
        "",
    ]
    told = [line for one in changes for line in _told(one, profile)]
    lines += told or ["No finding has changed."]
    return "\n".join([*lines, *_corrected(corrections)]) + "\n"


def _told(change: Change, profile: Profile) -> list[str]:
    if not change.was:
        return [f"- {change.incident_id}: new in this release."]
    if not change.now:
        return [f"- {change.incident_id}: no longer in this release."]
    may = [part for part in change.parts if part in profile.findings]
    because = ", ".join(change.evidence)
    if not may and not because:
        return []
    what = f"changed: {', '.join(may)}" if may else "its evidence changed, its conclusions did not"
    wording = f" It was {change.was!r} and is {change.now!r}." if _says_who(change, profile) else ""
    return [f"- {change.incident_id}: {what}{f', because of {because}' if because and may else ''}.{wording}"]


def _says_who(change: Change, profile: Profile) -> bool:
    return change.was != change.now and "attribution" in profile.findings


def _corrected(corrections: Iterable[str]) -> list[str]:
    told = [f"- {one}" for one in corrections]
    return ["", "## Corrections", "", *told] if told else []


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Names of parts that differ; evidence that came or went says so."""
    found = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            is_evidence = name.startswith("evidence:")
            how = (" (new)" if name not in old else " (gone)" if name not in new else "") if is_evidence else ""
            found.append(name + how)
    return tuple(found)
