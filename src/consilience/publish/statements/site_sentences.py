"""What sources say of a place at the time: in use, emblem, fighters, weapons, a warning. It may exonerate, or not.

No finding rests on it, and it is told all the same, whatever it says: whoever reads that a hospital was hit has to
learn that somebody saw weapons in it. Who said so is another matter: of the public edition neither role nor name stand
beside it, since who can say who was inside a hospital was inside it too (`Profile.names_sources`), and a distance is
told in whole kilometres there, as finely as positions are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from consilience.publish.document import Sentence
from consilience.publish.statements.admitted import Block, Row, last_day
from consilience.publish.statements.evidence_words import who
from consilience.publish.statements.frame import Frame
from consilience.publish.statements.site_words import site_says

_TABLE = "site_status"


def site_sentences(frame: Frame, block: Block) -> Iterator[Sentence]:
    """How many statements there are on the place of an incident, and each of them; nothing where there is none."""
    words, facility = frame.words, block["facility_id"]
    rows = {key: row for key, row in frame.case.rows[_TABLE].items() if facility and row["facility_id"] == facility}
    if not rows:
        return
    path, support = f"{block['incident_id']}/{_TABLE}", [f"{_TABLE}/{key}" for key in rows]
    sources = words.count("sources", sum(row["is_first"] for row in rows.values()))
    yield frame.sentence(path, words.count("site_statements", len(rows), sources=sources), support)
    hidden = [f"{_TABLE}/{key}" for key, row in rows.items() if row.get("withheld")]
    if hidden:
        yield frame.sentence(f"{path}/withheld", words.count("site_withheld", len(hidden)), hidden)
    shown = {key: row for key, row in rows.items() if not row.get("withheld")}
    for key, row in sorted(shown.items(), key=lambda one: (_days(frame, one[1])[0] or date.max, one[0])):
        yield frame.say(
            f"{path}/{key}", "site_said", (f"{_TABLE}/{key}",), when=_when(frame, row),
            who=who(frame, row) or words.label("one_source"), what=site_says(frame, row),
        )  # fmt: skip


def _days(frame: Frame, row: Row) -> tuple[date | None, date | None]:
    """The first and the last local day that a statement is of."""
    settings, start, end = frame.case.settings, row["from_lo"], row["to_hi"]
    first = start.astimezone(settings.zone).date() if isinstance(start, datetime) else None
    return first, last_day(end, settings) if isinstance(end, datetime) else None


def _when(frame: Frame, row: Row) -> str:
    words, (first, last) = frame.words, _days(frame, row)
    one = first or last
    if one is None:
        return words.label("site_undated")
    if first is None or last is None or first == last:
        return words.label("site_on", day=words.day(one))
    return words.label("site_from", low=words.day(first), high=words.day(last))
