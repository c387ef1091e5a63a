"""Numbers, times, names and likelihoods in the words of one language, all from its catalogue.

Digits are the Western ones in every language: a number then reads the same in all forms and scripts, can be compared
and searched for, and Syrian, Lebanese and UN publications in Arabic use both. Months are named as in the Levant, with
the name used elsewhere after a stroke, as the UN writes them. Ranges are written with words where the script runs from
right to left, since a dash between two numbers would swap them for the eye.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from consilience.publish.catalogue import Catalogue
from consilience.publish.likelihood_words import likelihood, support
from consilience.publish.local_time import LocalClock, minute_of
from consilience.publish.rounding import LEVELS, told_percent
from consilience.quantities import Log10, Minutes, minutes_since_epoch

_DRAWN = "Source "
_ISOLATE, _POP = "\u2068", "\u2069"
"""Unicode FSI and PDI: text of another direction inside a sentence keeps its own order (UAX #9, 2.4.2)."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one publication: its language's catalogue, the case's zone and names in that language, and the
    levels across which no probability is rounded.
    """

    catalogue: Catalogue
    zone: ZoneInfo
    party_names: Mapping[str, str] = field(default_factory=dict)
    levels: Sequence[float] = LEVELS

    @property
    def is_rtl(self) -> bool:
        """Does the script run from right to left?"""
        return self.catalogue.direction == "rtl"

    def say(self, key: str, /, **values: object) -> str:
        """A sentence, with its values put in."""
        return self.catalogue.say("sentences", key, **values)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """A counting phrase."""
        return self.catalogue.count("counts", key, number, **values)

    def label(self, key: str, /, **values: object) -> str:
        """A heading, the name of a column, a word of a picture."""
        return self.catalogue.say("labels", key, **values)

    def word(self, kind: str, value: object) -> str:
        """A word of the case format in this language; free text, which no catalogue has, as it stands."""
        text = str(value)
        return self.catalogue.say(kind, text) if self.catalogue.has(kind, text) else self.foreign(text)

    def foreign(self, text: str) -> str:
        """A name, quotation or signed number, kept in its own order where the script runs the other way."""
        is_other = text[:1] in ("+", "−") or any(bidirectional(letter) == "L" for letter in text)
        return f"{_ISOLATE}{text}{_POP}" if self.is_rtl and is_other else text

    def is_in_script(self, text: str) -> bool:
        """Are most letters of a name of the script that this language is written in: do they run its way (UAX #9)?"""
        own = {"R", "AL"} if self.is_rtl else {"L"}
        letters = [bidirectional(letter) for letter in text if letter.isalpha()]
        return 2 * sum(way in own for way in letters) > len(letters)

    def assumption(self, name: str) -> str:
        """A named assumption in words, where the language has any for it; else its identifier as English words."""
        of = name.removeprefix("prior: ")
        if of == name or not self.catalogue.has("prior", "of"):
            known = self.catalogue.has("assumption", name)
            return self.word("assumption", name) if known else self.foreign(name.replace("_", " "))
        mode, _, party = of.partition(", ")
        said = [self.word("mode", mode)] if mode != "*" else []
        if party:
            said.append(self.word("prior", party) if self.catalogue.has("prior", party) else self.party(party))
        return self.catalogue.say("prior", "of", what=self.label("comma").join(said))

    def party(self, party: str) -> str:
        """A party as the publication names it."""
        return self.party_names.get(party) or self.foreign(party)

    def source(self, name: str) -> str:
        """A source's name for publications, one that was drawn (vault/pseudonyms.py, "Source K7") in this language."""
        code = name.removeprefix(_DRAWN)
        return name if code == name else self.label("source_drawn", code=self.foreign(code))

    def parties(self, parties: Sequence[str], relation: str | None) -> str:
        """ "A", "A or B" where we can't tell which, "A and B" where both took part."""
        return self.listed([self.party(name) for name in parties], "and" if relation == "together" else "or")

    def listed(self, items: Sequence[str], join: str = "and") -> str:
        """ "A", "A and B", "A, B and C"."""
        if len(items) < 2:
            return "".join(items)
        return self.label(f"list_{join}", first=self.label("comma").join(items[:-1]), last=items[-1])

    def day(self, day: date) -> str:
        """2 April 2017."""
        return self.catalogue.day(day)

    def month(self, year: int, month: int) -> str:
        """April 2017."""
        return self.label("month_of", month=self.catalogue.say("months", str(month)), year=year)

    def short_month(self, month: int) -> str:
        """Apr."""
        return self.catalogue.say("short_months", str(month))

    def month_key(self, year_month: str) -> str:
        """April 2017, from the 2017-04 of findings.json; its other keys as the catalogue says them."""
        year, _, month = year_month.partition("-")
        return self.month(int(year), int(month)) if year.isdigit() and month.isdigit() else self.word("not", year_month)

    def clock(self, iso: str) -> str:
        """14:39, on the wall clock of the case; with the offset from UTC where the clock showed that twice."""
        return self._clock(minute_of(iso))

    def _clock(self, minute: Minutes, *, with_offset: bool = False) -> str:
        local = LocalClock(self.zone)
        shown = f"{local.at(round(minute)):%H:%M}"
        if not (with_offset or local.was_twice(minute)):
            return shown
        return self.label("clock_and_offset", clock=shown, offset=self.foreign(local.offset(round(minute))))

    def day_of(self, iso: str) -> date:
        """The local day of an instant of the findings, to the nearest minute."""
        return LocalClock(self.zone).at(round(minute_of(iso))).date()

    def month_of(self, iso: str) -> tuple[int, int]:
        """The local year and month of an instant of the findings, not rounded: as the totals count it."""
        local = datetime.fromisoformat(iso).astimezone(self.zone)
        return local.year, local.month

    def interval(self, first: str, last: str) -> str:
        """From 14:12 to 16:02, with a day wherever the two are on different ones, and with offsets from UTC where the
        clock was changed between them.
        """
        low, high, local = minute_of(first), minute_of(last), LocalClock(self.zone)
        days = [local.at(round(minute)).date() for minute in (low, high)]
        clocks = [self._clock(minute, with_offset=local.is_changed(low, high)) for minute in (low, high)]
        if days[0] == days[1]:
            return self.label("span", low=clocks[0], high=clocks[1])
        dated = [self.label("clock_on", clock=c, date=self.day(d)) for c, d in zip(clocks, days, strict=True)]
        return self.label("span", low=dated[0], high=dated[1])

    def stated(self, row: Mapping[str, object], column: str) -> str:
        """A stated time of a canonical row: a moment, a span of the clock, a day or days; "" where none is stated."""
        low, high = row.get(f"{column}_lo"), row.get(f"{column}_hi")
        end = row.get(f"{column}_end_hi")
        if not isinstance(low, datetime) or not isinstance(high, datetime):
            return ""
        start, stop = low.astimezone(self.zone), (end if isinstance(end, datetime) else high).astimezone(self.zone)
        if not row.get(f"{column}_clock"):
            last = (stop - timedelta(microseconds=1)).date() if stop > start else stop.date()
            return self.days(start.date(), last)
        minutes = [minutes_since_epoch(moment.replace(second=0, microsecond=0)) for moment in (start, stop)]
        is_changed = LocalClock(self.zone).is_changed(*minutes)
        clocks = [self._clock(minute, with_offset=is_changed) for minute in minutes]
        begun, ended = (
            self.label("clock_on", clock=clock, date=self.day(moment.date()))
            for clock, moment in zip(clocks, (start, stop), strict=True)
        )
        if stop == start:
            return begun
        return self.label("span", low=clocks[0] if stop.date() == start.date() else begun, high=ended)

    def days(self, first: date, last: date) -> str:
        """A day, or from one to another."""
        return self.day(first) if first == last else self.label("span", low=self.day(first), high=self.day(last))

    def minute(self, minute: Minutes) -> str:
        """14:39 on 2 April 2017."""
        day = LocalClock(self.zone).at(round(minute)).date()
        return self.label("clock_on", clock=self._clock(minute), date=self.day(day))

    def percent(self, probability: float) -> str:
        """Whole per cent, one decimal outside 5 to 95 %, never rounded to certainty nor across a level."""
        if probability >= 0.9995:
            return self.label("more_than_percent", n="99.9")
        if probability < 0.0005:
            return self.label("less_than_percent", n="0.1")
        return self.label("percent", n=told_percent(probability, self.levels))

    def likely(self, what: str, probability: float) -> str:
        """A sentence: what, the ICD 203 term with its range in brackets, and the number. Outside 1 to 99 % there is no
        term, and it says so.
        """
        said = likelihood(probability)
        if not said.has_term:
            key = "likely_above" if probability > 0.5 else "likely_below"
            return self.say(key, what=what, percent=self.percent(probability))
        low, high = said.range.removesuffix("\u00a0%").split("–")
        term = self.label(
            "term_with_range", term=self.catalogue.say("likelihood", said.term),
            range=self.label("percent", n=self.label("range", low=low, high=high)),
        )  # fmt: skip
        return self.say("likely", what=what, term=term, percent=self.percent(probability))

    def times(self, log10_lr: Log10) -> str:
        """A likelihood ratio of at least 1 in plain figures: 1.7, about 120, more than a million."""
        ratio = 10.0 ** abs(log10_lr)
        if ratio >= 1_000_000:
            return self.label("more_than_a_million")
        if ratio < 10:
            return f"{ratio:.1f}"
        step = 10 ** (len(str(int(ratio))) - 2)
        return self.label("about", n=f"{round(ratio / step) * step:,}")

    def support(self, log10_lr: Log10) -> str:
        """ENFSI's verbal equivalent of a likelihood ratio."""
        return self.catalogue.say("enfsi", support(log10_lr))

    def span_of(self, low: float | None, high: float | None) -> str:
        """A range of numbers: 3, 3 to 5, at least 3, at most 5, not known."""
        if low is None and high is None:
            return self.label("not_known")
        if low is None or high is None:
            return self.label("at_least" if high is None else "at_most", n=self._plain(low if high is None else high))
        if low == high:
            return self._plain(low)
        key = "range" if low >= 0 else "span"
        return self.label(key, low=self._plain(low), high=self._plain(high))

    def _plain(self, value: float | None) -> str:
        return "" if value is None else self.foreign(f"{value:,.10g}".replace("-", "−"))
