"""Letters that ask for a reply, from templates in each language, and the calendar of their deadlines.

A letter says where and when something was hit, what is alleged, and what is asked: never who said so, nor what else
there is. Its words are in `templates/letters/`, a file for each language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from consilience.publish.catalogue import catalogue_of
from consilience.publish.reply_sentence import REPLY_LANGUAGES
from consilience.records.replies import Letter

LETTER_LANGUAGES: Final = REPLY_LANGUAGES

_MODES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "air strike": "an air strike", "barrel bomb": "a barrel bomb", "ground attack": "an attack from the ground",
        "ballistic missile": "a ballistic missile",
    },
    "ar": {
        "air strike": "غارة جوية", "barrel bomb": "برميل متفجر", "ground attack": "هجوم من الأرض",
        "ballistic missile": "صاروخ باليستي",
    },
}  # fmt: skip
_JOINED: Final = {"en": {"one_of": " or ", "together": " and "}, "ar": {"one_of": " أو ", "together": " و"}}

REMINDERS_DAYS: Final = (7, 1)
"""How long before a deadline a calendar reminds (our choice: time for one more call, and the last day)."""
_ICS_LINE: Final = 75
"""Octets of a line, without its end (RFC 5545, section 3.1)."""


@dataclass(frozen=True, slots=True)
class Alleged:
    """What a letter may say of one incident, in the letter's language: a day of the case's zone, where, and who is said
    to have done it how.

    `site` is the facility's name; `place` the town's, "" where the language has no name for it; `parties` are names,
    and `relation` "one_of" or "together"; `mode` None where no way of delivery stands out.
    """

    incident_id: str
    day: date
    place: str
    site: str
    mode: str | None
    parties: tuple[str, ...]
    relation: str


def letter_text(
    letter: Letter, addressee: str | None, title: str, incidents: Sequence[Alleged], *, accused: bool, language: str,
    edition: str,
) -> str:  # fmt: skip
    """The letter as Markdown; `addressee` and `title` in its language. KeyError for a language without templates.

    `edition` is the code of what it puts, and stands at its head: who records the sending can copy it off the page.
    """
    day = catalogue_of(language).day
    about = [
        {
            "day": day(one.day),
            "where": ": ".join(name for name in (one.place, one.site) if name) or one.incident_id,
            "mode": _MODES[language].get(one.mode or ""),
            "wording": _JOINED[language][one.relation or "one_of"].join(one.parties),
        }
        for one in incidents
    ]
    environment = Environment(  # Markdown: nothing to escape as HTML, and line breaks are taken out of every value
        loader=PackageLoader("consilience.publish", "templates/letters"),
        undefined=StrictUndefined,
        finalize=_on_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    template = environment.get_template(f"{language}.md.j2")
    said = template.render(
        letter=letter, addressee=addressee, title=title, incidents=about, accused=accused, day=day, edition=edition
    )  # fmt: skip
    return said.rstrip() + "\n"


def calendar(letters: Iterable[Letter], case_id: str, as_of: date) -> str:
    """Deadlines with reminders, one event a letter, as iCalendar (RFC 5545). No addressee stands in it.

    The same letters give the same bytes: UIDs come from case and letter, DTSTAMP from `as_of`.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Consilience//letters//EN", "CALSCALE:GREGORIAN"]
    for letter in letters:
        if letter.deadline is not None:
            lines += _event(letter, letter.deadline, case_id, as_of)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(letter: Letter, due: date, case_id: str, as_of: date) -> list[str]:
    what = _escaped(f"Answer due: letter {letter.letter_id}")
    reminders = [
        line
        for days in REMINDERS_DAYS
        for line in ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{what}", f"TRIGGER:-P{days}D", "END:VALARM")
    ]
    return [
        "BEGIN:VEVENT",
        f"UID:{_escaped(letter.letter_id)}-due@{_escaped(case_id)}.consilience",
        f"DTSTAMP:{as_of:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
        f"SUMMARY:{what}",
        *reminders,
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    """TEXT values (RFC 5545, section 3.3.11)."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A long line over several, never within a character."""
    parts: list[str] = []
    current = ""
    for letter in line:
        if len((current + letter).encode()) > _ICS_LINE - (1 if parts else 0):
            parts.append(current)
            current = ""
        current += letter
    return "\r\n ".join([*parts, current])


def _on_one_line(value: object) -> object:
    """A value of a table can't start a heading or a list of its own in the letter."""
    return " ".join(value.split()) if isinstance(value, str) else value
