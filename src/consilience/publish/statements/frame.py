"""What every chapter is made with: the admitted case, the words of a language, names in it, and the state of review.

A sentence gets its flags here, so that no chapter can forget them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consilience.publish.anchors import anchor
from consilience.publish.catalogue import FIRST
from consilience.publish.document import Heading, Paragraph, Sentence
from consilience.publish.statements.admitted import Admitted, Block
from consilience.publish.statements.resting import Claims, findings_behind, no_longer_claimed
from consilience.publish.statements.words import Words
from consilience.records.allegations import Difference
from consilience.records.case import CaseSettings
from consilience.records.views import IncidentView
from consilience.records.worded import UNREVIEWED, Worded

REVIEWED = "reviewed"
DRAFT = "draft"
"""Status of a finding on which nobody has decided yet."""

MOST_NAMED = 200
"""Incidents that a sentence names one by one as what it rests on (our choice: nobody reads more names)."""

MOST_MARKED = 3
"""Findings, and names of what is gone or was not put, that a mark names one by one (our choice)."""

CASE = "case"
METHOD = "method"
"""Names in a `support` of what is neither a finding nor a row: the case file as a whole, the documented method."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names in a language as the case's `narrative/names.LANG.toml` gives them, by the words of the case; addressees by
    letter_id."""

    parties: Mapping[str, str] = field(default_factory=dict)
    incidents: Mapping[str, str] = field(default_factory=dict)
    facilities: Mapping[str, str] = field(default_factory=dict)
    case: Mapping[str, str] = field(default_factory=dict)
    addressees: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """One publication in the making. `unput` says of a letter what is alleged now and was not put to its addressee, and
    `replies` on which days it was answered in which form (`records.replies.REPLY_FORMS`), `contests` which
    incidents the answer to it disputes."""

    case: Admitted
    words: Words
    names: Names
    reviews: Mapping[str, str]
    claims: Claims = field(default_factory=Claims)
    unput: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)
    replies: Mapping[str, tuple[tuple[date, str], ...]] = field(default_factory=dict)
    contests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def say(self, sentence_id: str, key: str, support: Iterable[str], /, **values: object) -> Sentence:
        """A sentence of the catalogue with its support."""
        return self.sentence(sentence_id, self.words.say(key, **values), support)

    def sentence(self, sentence_id: str, text: str, support: Iterable[str], flags: Sequence[str] = ()) -> Sentence:
        """A sentence with its support, and what is wrong with it: it rests on nothing, on findings that are not
        reviewed, or on what the case no longer claims.
        """
        names = tuple(sorted(set(support)))
        own = () if names else (self.words.label("flag_no_support"),)
        return Sentence(sentence_id, text, names, (*own, *flags, *self._marks(names)))

    def _marks(self, support: Sequence[str]) -> Iterable[str]:
        """Every sentence that rests on a finding waits for its review, whatever it says of it (`resting`)."""
        incidents = [block["incident_id"] for block, _ in self.case.incidents]
        waiting = [one for one in findings_behind(support, incidents) if self.status(one) != REVIEWED]
        if len(waiting) > MOST_MARKED:
            yield Worded(self.words.count("flag_counted_unreviewed", len(waiting)), UNREVIEWED)
        else:
            for one in waiting:
                status = self.words.word("review", self.status(one))
                yield Worded(self.words.label("flag_unreviewed", incident=one, status=status), UNREVIEWED)
        if gone := no_longer_claimed(support, incidents, self.claims):
            more = " …" if len(gone) > MOST_MARKED else ""
            names = self.words.label("comma").join(self.words.foreign(name) for name in gone[:MOST_MARKED])
            yield self.words.label("flag_gone", names=names + more)

    def each(self, finding: str, blocks: Iterable[Block]) -> tuple[str, ...]:
        """The names of one finding of several incidents; one name for all of them where they are too many to read."""
        names = tuple(f"{block['incident_id']}/{finding}" for block in blocks)
        return names if len(names) <= MOST_NAMED else (f"all/{finding}",)

    def status(self, incident_id: str) -> str:
        """The status of a finding: draft, reviewed, contested or retracted."""
        return self.reviews.get(incident_id, DRAFT)

    def heading(self, level: int, key: str, **values: object) -> Heading:
        """A heading of the catalogue; its anchor is its key."""
        return Heading(level, self.words.label(key, **values), anchor("h", key))

    def title(self, block: Block) -> str:
        """An incident's title: the name given for this language; else the facility's name in it with the day; else as
        the case gives it; else its id.
        """
        incident_id, facility = block["incident_id"], block["facility_id"]
        if incident_id in self.names.incidents:
            return self.names.incidents[incident_id]
        if facility and (local := self._local_name(facility)):
            return self._with_day(local, block)
        return self.words.foreign(block["title"] or (facility and self.facility(facility)) or incident_id)

    def title_rests_on(self, block: Block) -> tuple[str, ...]:
        """What the title rests on: the incident's row, and the time found where the title says the day of it."""
        row = f"incidents/{block['incident_id']}"
        title, facility = self.title(block), block["facility_id"]
        is_dated = bool(facility and (local := self._local_name(facility)) and title == self._with_day(local, block))
        return (row, f"{block['incident_id']}/time") if is_dated and block.get("time") else (row,)

    def _local_name(self, facility_id: str) -> str | None:
        """A facility's name as given for this language, or its local name where that is in this language's script: in
        a report in Arabic an Arabic one, and no Cyrillic.
        """
        row = self.case.rows["facilities"].get(facility_id)
        local = row["name_local"] if row and self.words.is_rtl else None
        return self.names.facilities.get(facility_id) or (local if local and self.words.is_in_script(local) else None)

    def _with_day(self, name: str, block: Block) -> str:
        """A facility may be hit more than once: its name and the day found, where the profile says it."""
        if not block.get("time"):
            return name
        day = self.words.day(self.words.day_of(block["time"]["median"]))
        return self.words.label("name_and_date", name=name, date=day)

    def facility(self, facility_id: str) -> str:
        """A facility's name in this language, else as the case gives it, else its id."""
        row = self.case.rows["facilities"].get(facility_id)
        return self._local_name(facility_id) or self.words.foreign((row and row["name"]) or facility_id)

    def wording(self, attribution: Mapping[str, Any] | None) -> str:
        """Who is named: the parties as the publication calls them, or that nobody is."""
        if not attribution or not attribution["set"]:
            return self.words.label("not_attributed")
        return self.words.parties(attribution["set"], attribution["relation"])

    @property
    def blocks(self) -> tuple[tuple[Block, IncidentView], ...]:
        """Every incident: what was found and what is drawn."""
        return self.case.incidents


def party_names(words: Words, settings: CaseSettings, names: Names) -> dict[str, str]:
    """How a publication or a letter calls each party of the case.

    As the names of the language have it; the case's own label in English, in which case.toml is written; else the
    catalogue's name where it has one.
    """
    return {
        party: names.parties.get(party) or _party_name(words, party, settings.label_of(party))
        for party in (*settings.parties, "other")
    }


def _party_name(words: Words, party: str, label: str) -> str:
    if words.catalogue.language == FIRST and label != party:
        return label
    known = words.catalogue.has("party", party)
    return words.catalogue.say("party", party) if known else words.foreign(label)


def paragraph(*sentences: Sentence | None, style: str = "body") -> tuple[Paragraph, ...]:
    """The sentences that there are, as one paragraph; none where there is no sentence."""
    said = tuple(sentence for sentence in sentences if sentence is not None)
    return (Paragraph(said, style),) if said else ()
