"""Every fixed phrase of a publication, by language: one TOML file each, found by being there.

A phrase is named by section and key. One that counts has forms by the plural rule of its language (Unicode CLDR,
through Babel): `one` and `other` in English; `zero`, `one`, `two`, `few`, `many`, `other` in Arabic. A language is
added by adding `catalogues/<ISO 639-1>.toml`; what it lacks beside the English one is an error that lists it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import cast

from babel import Locale

from consilience.errors import PublishError
from consilience.publish.document import Direction

FIRST = "en"
"""The language in which every phrase stands."""

_FOLDER = files("consilience.publish") / "catalogues"
Phrase = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The phrases of one language: section to key to phrase."""

    language: str
    phrases: Mapping[str, Mapping[str, Phrase]]

    @property
    def direction(self) -> Direction:
        """The direction of its script."""
        return "rtl" if Locale.parse(self.language).text_direction == "rtl" else "ltr"

    def say(self, section: str, key: str, **values: object) -> str:
        """The phrase with its values put in; KeyError where there is none (a test walks all)."""
        return str(self.phrases[section][key]).format(**values)

    def plain(self, section: str, key: str) -> str:
        """The phrase as it stands, with its places in braces."""
        return str(self.phrases[section][key])

    def count(self, section: str, key: str, number: int, **values: object) -> str:
        """The form of a counting phrase for a number, which it gets as `n`, grouped by thousands."""
        forms = cast(Mapping[str, str], self.phrases[section][key])
        form = Locale.parse(self.language).plural_form(number)
        return forms.get(form, forms["other"]).format(n=f"{number:,}", **values)

    def day(self, day: date) -> str:
        """2 April 2017; in Arabic with the Levant's name of the month and, after a stroke, the one used elsewhere."""
        return self.say("labels", "date", day=day.day, month=self.say("months", str(day.month)), year=day.year)

    def has(self, section: str, key: str) -> bool:
        """Is there such a phrase?"""
        return key in self.phrases.get(section, {})


def languages() -> tuple[str, ...]:
    """Every language that has a catalogue."""
    return tuple(sorted(item.name.removesuffix(".toml") for item in _FOLDER.iterdir() if item.name.endswith(".toml")))


@lru_cache(maxsize=8)
def catalogue_of(language: str) -> Catalogue:
    """The whole catalogue of a language. PublishError where there is none, or where it lacks a phrase."""
    if language not in languages():
        known = ", ".join(languages())
        raise PublishError(
            "no catalogue of phrases for this language", where=language, remedy=f"Choose one of {known}, or add a file."
        )
    lacking = lacking_phrases(language)
    if lacking:
        raise PublishError(
            f"the catalogue lacks {len(lacking)} phrases: {', '.join(lacking[:8])}",
            where=f"catalogues/{language}.toml",
            remedy=f"Add them; catalogues/{FIRST}.toml says what each is.",
        )
    return Catalogue(language, _read(language))


def lacking_phrases(language: str) -> list[str]:
    """`section.key` (or `section.key.form`) of each phrase that English has and a language has not."""
    own, first = _read(language), _read(FIRST)
    lacking = []
    for section, phrases in first.items():
        for key, phrase in phrases.items():
            theirs = own.get(section, {}).get(key)
            if theirs is None or isinstance(theirs, str) != isinstance(phrase, str):
                lacking.append(f"{section}.{key}")
            elif not isinstance(theirs, str):
                tags = Locale.parse(language).plural_form.tags | {"other"}
                lacking += [f"{section}.{key}.{form}" for form in sorted(tags) if form not in theirs]
    return lacking


def _read(language: str) -> Mapping[str, Mapping[str, Phrase]]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
