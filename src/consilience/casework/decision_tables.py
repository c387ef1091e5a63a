"""Decisions, letters, releases and corrections as tables, lines and JSON for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich import box
from rich.table import Table

from consilience.casework.alleging import change_told
from consilience.casework.correcting import Compared, Corrections
from consilience.casework.deciding import Decided
from consilience.casework.decisions_of_case import content_of
from consilience.casework.kept_releases import Affected
from consilience.casework.releasing import Release
from consilience.casework.replying import Letters, Told
from consilience.casework.reviewing import FindingStatus
from consilience.publish.release_note import Change
from consilience.records.allegations import Difference
from consilience.records.decisions import SENT, Decision
from consilience.records.replies import Letter


def review_table(found: Iterable[FindingStatus]) -> Table:
    """One line a finding: status, by whom, what changed since, what is open."""
    table = _table("incident", "attribution", "status", "reviewed by", "changed since", "open")
    for one in found:
        changed = ", ".join(one.changed[:4]) + (" …" if len(one.changed) > 4 else "")
        names = ", ".join([*one.by, *(f"{name} (before it changed)" for name in one.outdated_by)])
        table.add_row(one.incident_id, one.wording, one.status, names, changed, "; ".join(one.open) or "nothing")
    return table


def review_json(found: Iterable[FindingStatus]) -> list[dict[str, Any]]:
    """Every field of every status."""
    return [asdict(one) for one in found]


def decided_json(done: Decided) -> dict[str, Any]:
    """What was recorded, what was there before, which rows are bad, and which were left open."""
    return {
        "dry_run": done.dry_run,
        "recorded": [content_of(one) for one in done.recorded],
        "already": [one.decision_id for one in done.already],
        "bad": [asdict(one) for one in done.bad],
        "left_open": list(done.left_open),
    }


def decided_lines(done: Decided) -> list[str]:
    """What the letters that were sent put, so that whoever recorded it sees whether that is so."""
    lines = []
    for one in done.recorded:
        if one.kind == SENT and one.put is not None:
            known = "" if one.put.alleged is not None else ": no act says what that edition puts"
            assumed = "" if one.scope else ", as the findings are now; if another edition went out, name it in scope"
            lines.append(f"letter {one.target}: put {one.put.edition}{known}{assumed}")
    return lines


def letters_table(said: Letters) -> Table:
    """One line a letter: to whom, sent, due, replied, and where it stands as of the day of the report."""
    table = _table("letter", "party", "addressee", "sent", "due", "replied", "stands", "put")
    for letter, standing, told in zip(said.letters, said.standings, said.told, strict=True):
        days = (str(day) if day else "" for day in (letter.sent_on, letter.due_on, letter.replied_on))
        put = _put_shortly(letter, told)
        table.add_row(letter.letter_id, letter.party or "", letter.addressee or "", *days, standing.value, put)
    return table


def letters_lines(said: Letters) -> list[str]:
    """What each letter puts and put, and what has changed since."""
    every = zip(said.letters, said.told, strict=True)
    return [line for letter, told in every if told for line in told.lines(letter.letter_id)]


def _put_shortly(letter: Letter, told: Told | None) -> str:
    if told is None or told.put is None:
        return ""
    if letter.put is None:
        return "not known"
    if told.lacks or told.spared:
        return "not all" if told.lacks else "enough, by counsel"
    return "all, changed since" if told.since else "all"


def letters_json(said: Letters) -> dict[str, Any]:
    """As the table, with the sentences that a report has."""
    return {
        "as_of": None if said.as_of is None else said.as_of.isoformat(),
        "letters": [
            {
                "letter_id": letter.letter_id, "party": letter.party, "sent_on": _day(letter.sent_on),
                "due_on": _day(letter.due_on), "replied_on": _day(letter.replied_on),
                "reply_form": letter.reply_form, "standing": standing.value, **_put_json(letter, told),
            }
            for letter, standing, told in zip(said.letters, said.standings, said.told, strict=True)
        ],
        "sentences": list(said.sentences),
        "effects": [content_of(one) for one in said.effects],
        "written": [str(file) for file in said.written],
        "kept": [str(file) for file in said.kept],
        "stale": list(said.stale),
    }  # fmt: skip


def _put_json(letter: Letter, told: Told | None) -> dict[str, Any]:
    """`edition` is what the letter puts now, `put` what the one that was sent did, null where nobody knows."""
    if told is None:
        return dict.fromkeys(("edition", "put", "in_words", "puts_all")) | {"since": [], "spared": []}
    put = letter.put and {
        "edition": letter.put.edition, "named": letter.named,
        "alleged": None if letter.put.alleged is None else [one.as_json() for one in letter.put.alleged],
    }  # fmt: skip
    return {
        "edition": told.now.edition,
        "put": put,
        "in_words": told.put,
        "puts_all": None if letter.put is None else not (told.lacks or told.spared),
        "since": [_difference_json(one) for one in told.since],
        "spared": [_difference_json(one) for one in told.spared],
    }


def _difference_json(one: Difference) -> dict[str, str]:
    return {"incident_id": one.incident_id, "how": one.since.value, "told": change_told(one)}


def release_json(done: Release) -> dict[str, Any]:
    """Reasons, the digest to approve, and what stands where."""
    return {
        "released": done.manifest is not None,
        "reasons": list(done.reasons),
        "notes": list(done.notes),
        "content": done.content,
        "files": list(done.files),
        "manifest": done.manifest,
        "out": str(done.out),
    }


def corrections_lines(found: Corrections) -> list[str]:
    """Corrections, then releases, then holders: a line each."""
    lines = [f"{len(found.corrections)} corrections, {len(found.releases)} releases"]
    for one in found.corrections:
        taken = one.taken_in
        state = "answered" if one.answered else "overdue" if one.overdue else "open"
        state += ", and no day is known by which to call it overdue" if one.overdue is None else ""
        due = f", due {taken.due}" if taken.due else ""
        lines.append(f"{taken.decision_id}: {taken.target}, {taken.value}, {state}{due}; touches {one.sentences}")
        lines += [f"  in the {release.profile} release {release.manifest}" for release in one.releases]
        lines += [f"  in the bundle {root}" for root in one.bundles]
        lines += [_affected_line(said) for said in one.affected]
        lines += [f"  of release {manifest} no sentence is on record: read it" for manifest in one.unlisted]
    lines += [f"act {one.act}: {one.kind}, {one.on}: {one.who}" for one in found.holders]
    lines += [f"written: {file}" for file in found.written]
    return lines


def corrections_json(found: Corrections) -> dict[str, Any]:
    """As the lines."""
    return {
        "corrections": [
            {
                "taken_in": content_of(one.taken_in),
                "answered": _content(one.answered),
                "overdue": one.overdue,
                "sentences": one.sentences,
                "releases": [release.manifest for release in one.releases],
                "bundles": list(one.bundles),
                "affected": [asdict(said) for said in one.affected],
                "unlisted": list(one.unlisted),
            }
            for one in found.corrections
        ],
        "releases": [
            {"profile": one.profile, "as_of": str(one.as_of), "manifest": one.manifest, "predecessor": one.predecessor}
            for one in found.releases
        ],
        "holders": [asdict(one) | {"on": one.on.isoformat()} for one in found.holders],
        "written": [str(file) for file in found.written],
    }


def _affected_line(said: Affected) -> str:
    where = f"{said.edition}, {said.sentence_id}, under {said.under!r}, in {', '.join(said.files) or 'no file'}"
    return f"  sentence {where}: {said.text}"


def compared_lines(compared: Compared) -> list[str]:
    """Findings first, then files."""
    lines = [_change_line(one) for one in compared.findings]
    if not compared.known:
        lines.append("This case's ledger does not hold both releases: files are compared, findings are not.")
    for verb, names in (("added", compared.added), ("removed", compared.removed), ("changed", compared.changed)):
        lines += [f"{verb}: {name}" for name in names]
    return lines or ["nothing differs"]


def compared_json(compared: Compared) -> dict[str, Any]:
    """Every field."""
    return asdict(compared)


def _change_line(one: Change) -> str:
    because = f" because of {', '.join(one.evidence)}" if one.evidence else ""
    wording = f"; {one.was!r} became {one.now!r}" if one.was != one.now else ""
    return f"{one.incident_id}: {', '.join(one.parts) or 'evidence alone'}{because}{wording}"


def _content(decision: Decision | None) -> dict[str, object] | None:
    return None if decision is None else content_of(decision)


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def _table(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in names:
        table.add_column(name)
    return table
