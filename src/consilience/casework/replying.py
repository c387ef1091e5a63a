"""Right of reply: where each letter stands, the letters to be written, and the calendar of what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from consilience.casework.batches import Progress
from consilience.casework.decisions_of_case import decisions_in
from consilience.casework.pipeline import Found, find
from consilience.casework.reviewing import statuses
from consilience.errors import UsageError
from consilience.publish.letters import LETTER_LANGUAGES, Alleged, calendar, letter_text
from consilience.publish.reply_sentence import reply_sentence
from consilience.publish.writing import write_output
from consilience.records import decisions as kinds
from consilience.records.case import CaseRecords
from consilience.records.decisions import REPLY_EFFECT, RETRACTED, Decision, still_held
from consilience.records.replies import Letter, Standing
from consilience.records.tables import TABLES
from consilience.vault.store import Vault

_CLEAR_MODE = 0.95
"""A letter says how something was hit only where the finding is as sure as `attribution_level` asks for a name."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Every letter of a case and where it stands; which files were written, and which stood there and differ.

    `effects` are the decisions on what a reply changed, by incident.
    """

    as_of: date | None
    letters: tuple[Letter, ...]
    standings: tuple[Standing, ...]
    sentences: tuple[str, ...]
    effects: tuple[Decision, ...]
    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


def letters_of(records: CaseRecords, decisions: Iterable[Decision]) -> tuple[Letter, ...]:
    """The rows of `letters` with the decisions that hold laid over them, by letter_id; the later decision wins.

    A party to which no letter is written, and counsel has signed why, stands as a letter under the party's name.
    A `replied_on` of the table alone counts as a full reply; a decision says when it was partial or oral. The day of
    a reply is the day of its decision.
    """
    zone = records.settings.zone

    def day(moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(zone).date()

    found: dict[str, Letter] = {}
    for row in records.tables["letters"].iter_rows(named=True):
        replied = day(row["replied_on_lo"])
        found[row["letter_id"]] = Letter(
            row["letter_id"], row["party"], row["addressee"], day(row["sent_on_lo"]), day(row["due_on_lo"]), replied,
            None if replied is None else "full", row["not_sought_why"],
        )  # fmt: skip
    for one in decisions:
        if one.target not in found and one.kind == kinds.NOT_SOUGHT:
            found[one.target] = Letter(one.target, one.target, None)
        if one.target in found:
            found[one.target] = _decided(found[one.target], one)
    return tuple(found[name] for name in sorted(found))


def with_letters(records: CaseRecords, every: Sequence[Letter]) -> CaseRecords:
    """The records with `letters` as decisions leave it, so that a report says of a letter what the gates judge.

    A reason why no reply is sought stands there only once counsel has signed it. A reply counts whatever its form.
    """
    zone = records.settings.zone
    rows: dict[str, dict[str, Any]] = {row["letter_id"]: row for row in records.tables["letters"].iter_rows(named=True)}
    changed = []
    for letter in every:
        said: dict[str, Any] = {
            "letter_id": letter.letter_id, "party": letter.party, "addressee": letter.addressee,
            "not_sought_why": letter.not_sought_why if letter.not_sought_by else None,
        }  # fmt: skip
        for column, day in (("sent_on", letter.sent_on), ("due_on", letter.due_on), ("replied_on", letter.replied_on)):
            if day is not None:
                start = datetime(day.year, day.month, day.day, tzinfo=zone)
                said |= {f"{column}_lo": start, f"{column}_hi": start + timedelta(days=1), f"{column}_clock": False}
        changed.append({**rows.get(letter.letter_id, {}), **said})
    frame = pl.DataFrame(changed, schema=TABLES["letters"].canonical())
    return replace(records, tables={**records.tables, "letters": frame})


def _decided(letter: Letter, decision: Decision) -> Letter:
    match decision.kind:
        case kinds.SENT:
            return replace(_sought(letter), sent_on=date.fromisoformat(decision.value))
        case kinds.DUE:
            return replace(_sought(letter), due_on=date.fromisoformat(decision.value))
        case kinds.REPLY:
            return replace(_sought(letter), replied_on=decision.on, reply_form=decision.value)
        case kinds.NOT_SOUGHT:
            return replace(letter, not_sought_why=decision.reason, not_sought_by=decision.by)
        case _:
            return letter


def _sought(letter: Letter) -> Letter:
    """A letter that was sent after all: what counsel signed before no longer speaks of it."""
    return replace(letter, not_sought_why=None, not_sought_by=None) if letter.not_sought_by else letter


def letters(
    case: Path, out: Path | None, *, languages: Sequence[str] = ("en",), workers: int = 1, progress: Progress
) -> Letters:
    """Where every letter stands; with `out`, also a letter for each addressee in each language, and `deadlines.ics`.

    A file that stands there with other words is left as it is: somebody may have edited it. Raises UsageError for a
    language without templates, PublishError, and the errors of a run.
    """
    strange = [language for language in languages if language not in LETTER_LANGUAGES]
    if strange:
        raise UsageError(
            "there are no letters in this language", where=", ".join(strange),
            remedy=f"Choose from {', '.join(LETTER_LANGUAGES)}.",
        )  # fmt: skip
    found = find(case, workers=workers, progress=progress)
    decisions = still_held(decisions_in(Vault.open(case).acts()))
    settings = found.records.settings
    every = letters_of(found.records, decisions)
    said = Letters(
        as_of=settings.as_of,
        letters=every,
        standings=tuple(letter.standing(settings.as_of) for letter in every),
        sentences=() if settings.as_of is None else tuple(
            reply_sentence(letter, settings.as_of, "en", settings.label_of) for letter in every
        ),
        effects=tuple(one for one in decisions if one.kind == REPLY_EFFECT),
    )  # fmt: skip
    if out is None:
        return said
    texts = _texts(found, decisions, every, languages)
    return _written(said, out, texts)


def _texts(
    found: Found, decisions: Sequence[Decision], every: Sequence[Letter], languages: Sequence[str]
) -> dict[str, str]:
    """File names to texts: a letter where one is to be sought, and the calendar where the case says what day it is."""
    settings = found.records.settings
    retracted = {one.incident_id for one in statuses(found, decisions) if one.status == RETRACTED}
    blocks = [block for block in found.findings["incidents"] if block["incident_id"] not in retracted]
    texts: dict[str, str] = {}
    for letter in every:
        if letter.standing(settings.as_of) is Standing.NOT_SOUGHT:
            continue
        accused = [block for block in blocks if letter.party in block["attribution"]["set"]]
        about = sorted(
            (alleged(found, block) for block in accused or blocks), key=lambda one: (one.day, one.incident_id)
        )
        for language in languages:
            text = letter_text(letter, settings.title, about, accused=bool(accused), language=language)
            texts[f"{letter.letter_id}-{language}.md"] = text
    if settings.as_of is not None and any(letter.due_on for letter in every):
        texts["deadlines.ics"] = calendar(every, settings.id, settings.as_of)
    return texts


def alleged(found: Found, block: Mapping[str, Any]) -> Alleged:
    """What a letter says of one incident: from the finding, the facility's row and the incident's own."""
    settings, tables = found.records.settings, found.records.tables
    site = _row(tables["facilities"], "facility_id", block["facility_id"])
    incident = _row(tables["incidents"], "incident_id", block["incident_id"])
    median = datetime.fromisoformat(block["time"]["median"]).astimezone(settings.zone)
    mode = max(block["mode"], key=lambda name: block["mode"][name])
    attribution = block["attribution"]
    return Alleged(
        incident_id=block["incident_id"],
        day=median.date(),
        place=incident.get("place") or site.get("place") or block["title"] or block["incident_id"],
        site=site.get("name") or "",
        site_local=site.get("name_local") or "",
        mode=mode if block["mode"][mode] >= _CLEAR_MODE else None,
        parties=tuple(settings.label_of(party) for party in attribution["set"]),
        relation=attribution["relation"] or "one_of",
    )


def _row(frame: Any, key: str, value: str | None) -> Mapping[str, Any]:
    rows = [] if value is None else [row for row in frame.iter_rows(named=True) if row[key] == value]
    return rows[0] if rows else {}


def _written(said: Letters, out: Path, texts: Mapping[str, str]) -> Letters:
    written, kept = [], []
    for name, text in texts.items():
        file, data = out / name, text.encode()
        if file.exists() and file.read_bytes() != data:
            kept.append(file)
        else:
            written.append(write_output(file, data))
    return replace(said, written=tuple(written), kept=tuple(kept))
