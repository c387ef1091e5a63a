"""What every chapter is made with: the admitted case, the words of a language, names in it, and the state of review.

A sentence gets its flags here, so that no chapter can forget them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consilience.publish.anchors import anchor
from consilience.publish.document import Heading, Paragraph, Sentence
from consilience.publish.statements.admitted import Admitted, Block
from consilience.publish.statements.words import Words
from consilience.records.views import IncidentView

REVIEWED = "reviewed"
DRAFT = "draft"
"""Status of a finding on which nobody has decided yet."""

MOST_NAMED = 200
"""Incidents that a sentence names one by one as what it rests on (our choice: nobody reads more names)."""

CASE = "case"
METHOD = "method"
"""Names in a `support` of what is neither a finding nor a row: the case file as a whole, the documented method."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names in a language as the case's `narrative/names.LANG.toml` gives them, by the words of the case."""

    parties: Mapping[str, str] = field(default_factory=dict)
    incidents: Mapping[str, str] = field(default_factory=dict)
    facilities: Mapping[str, str] = field(default_factory=dict)
    case: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """One publication in the making."""

    case: Admitted
    words: Words
    names: Names
    reviews: Mapping[str, str]

    def say(self, sentence_id: str, key: str, support: Iterable[str], /, **values: object) -> Sentence:
        """A sentence of the catalogue with its support."""
        return self.sentence(sentence_id, self.words.say(key, **values), support)

    def sentence(self, sentence_id: str, text: str, support: Iterable[str], flags: Sequence[str] = ()) -> Sentence:
        """A sentence with its support, and what is wrong with it: it rests on nothing, or on findings not reviewed."""
        names = tuple(sorted(set(support)))
        own = () if names else (self.words.label("flag_no_support"),)
        return Sentence(sentence_id, text, names, (*own, *flags, *self._unreviewed(names)))

    def _unreviewed(self, support: Sequence[str]) -> list[str]:
        """Sentences that say who did it, or count who did, wait for the review of those findings."""
        if "totals/by_attribution" in support or "all/attribution" in support:
            waiting = sum(self.status(block["incident_id"]) != REVIEWED for block, _ in self.case.incidents)
            return [self.words.count("flag_counted_unreviewed", waiting)] if waiting else []
        named = (name.removesuffix("/attribution") for name in support if name.endswith("/attribution"))
        return [
            self.words.label("flag_unreviewed", incident=incident, status=self.words.word("review", status))
            for incident in named if (status := self.status(incident)) != REVIEWED
        ]  # fmt: skip

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

    def _local_name(self, facility_id: str) -> str | None:
        """A facility's name as given for this language, or its local name where the script is that of the place."""
        row = self.case.rows["facilities"].get(facility_id)
        local = row["name_local"] if row and self.words.is_rtl else None
        return self.names.facilities.get(facility_id) or local

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


def paragraph(*sentences: Sentence | None, style: str = "body") -> tuple[Paragraph, ...]:
    """The sentences that there are, as one paragraph; none where there is no sentence."""
    said = tuple(sentence for sentence in sentences if sentence is not None)
    return (Paragraph(said, style),) if said else ()
