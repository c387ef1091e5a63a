"""Decisions, letters, releases and corrections as tables, lines and JSON for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.table import Table

from consilience.casework.correcting import Compared, Corrections
from consilience.casework.deciding import Decided
from consilience.casework.decisions_of_case import content_of
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


def rows_named(rows: Sequence[int]) -> str:
    """ "row 3", "rows 3, 5 to 9": runs of numbers by their ends, so that a long template is one line."""
    runs: list[tuple[int, int]] = []
    for number in sorted(rows):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    said = ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in runs)
    return f"{'row' if len(rows) == 1 else 'rows'} {said}"


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
    """`edition` is what the letter puts now, `put` what the one that was sent did, null where nobody knows. The rest is
    of all letters to its addressee together: `put_in` names those that put an incident as it is alleged now.
    """
    if told is None:
        nothing: dict[str, Any] = {"put_in": {}, "since": [], "spared": []}
        return dict.fromkeys(("edition", "put", "in_words", "puts_all")) | nothing
    put = letter.put and {
        "edition": letter.put.edition, "named": letter.named,
        "alleged": None if letter.put.alleged is None else [one.as_json() for one in letter.put.alleged],
    }  # fmt: skip
    return {
        "edition": told.now.edition,
        "put": put,
        "in_words": told.put,
        "puts_all": None if letter.put is None else not (told.lacks or told.spared),
        "put_in": {incident_id: list(names) for incident_id, names in told.where.items()},
        "since": [_difference_json(*one) for one in told.since],
        "spared": [_difference_json(*one) for one in told.spared],
    }


def _difference_json(one: Difference, told: str) -> dict[str, str]:
    return {"incident_id": one.incident_id, "how": one.since.value, "told": told}


def release_lines(done: Release) -> list[str]:
    """The digest to approve and where its bytes can be read, or why there are none; what to know; what stands where."""
    lines = []
    if done.not_whole:
        lines.append(f"no content to approve yet: it is not whole, for {len(done.not_whole)} of the reasons given")
    if done.content is not None:
        lines.append(f"content {done.content}")
    if done.candidate is not None:
        lines.append(f"NOT PUBLISHED: {len(done.files)} files of just this content, for approvers, in {done.candidate}")
    if done.not_readable:
        lines.append(f"no file is written for approvers to read, for {len(done.not_readable)} of the reasons given")
        lines += [f"  {reason}" for reason in done.not_readable if reason not in done.reasons]
    lines += [f"note: {note}" for note in done.notes]
    if done.manifest is not None:
        lines.append(f"{len(done.files)} files in {done.out}, manifest {done.manifest}")
    return lines


def release_json(done: Release) -> dict[str, Any]:
    """Reasons, the digest to approve, and what stands where."""
    return {
        "released": done.manifest is not None,
        "reasons": list(done.reasons),
        "mends": list(done.mends),
        "notes": list(done.notes),
        "content": done.content,
        "not_whole": list(done.not_whole),
        "candidate": None if done.candidate is None else str(done.candidate),
        "not_readable": list(done.not_readable),
        "files": list(done.files),
        "manifest": done.manifest,
        "out": str(done.out),
    }


def corrections_json(found: Corrections) -> dict[str, Any]:
    """What is printed, as JSON values."""
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
    nothing_named = "evidence alone" if one.is_known else "which parts differ is on record no more"
    return f"{one.incident_id}: {', '.join(one.parts) or nothing_named}{because}{wording}"


def _content(decision: Decision | None) -> dict[str, object] | None:
    return None if decision is None else content_of(decision)


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def _table(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in names:
        table.add_column(name)
    return table
