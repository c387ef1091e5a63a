"""What a word of a log or an account may mean, through the order of battle: aircraft, weapons, calls, languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from consilience.records.reference_data import CodeWord, Description, OrderOfBattle, Platform, Weapon
from consilience.reference.names import joined, name_words, same_name_key, without_articles
from consilience.reference.phrasebook import Match, Phrase, Words, find_phrases, phrase

_FILLERS = frozenset(
    {"a", "an", "and", "or", "the", "of", "type", "one", "two", "three", "four", "several", "x", "و", "او", "من", "نوع"}
)
"""Words that change nothing of what is meant."""

_GENERIC = _FILLERS | frozenset(
    {"rocket", "missile", "bomb", "munition", "ammunition", "projectile", "submunition", "bomblet", "warhead",
     "remnant", "fragment", "weapon", "series", "similar", "cluster", "explosive", "unexploded", "likely",
     "probably", "possibly", "air", "dropped", "with", "from",
     "صاروخ", "صواريخ", "قنبله", "قنابل", "قذيفه", "قذايف", "بقايا", "عنقوديه"}
)  # fmt: skip
"""Words that stand beside a weapon's name and name none themselves. Our choice, from the tables of both real cases."""


@dataclass(frozen=True, slots=True)
class PlatformWord:
    """What a word for an aircraft or launcher says.

    `platforms`: the types that it may mean, in the order of battle's order; empty: any. `asserts`: the party that it
    ascribes it to, None if none. `known`: did the order of battle have the word? An unknown one means any platform.
    """

    platforms: tuple[str, ...]
    asserts: str | None
    known: bool


ANY_PLATFORM = PlatformWord((), None, False)


def read_platform(text: str, orbat: OrderOfBattle, parties: tuple[str, ...]) -> PlatformWord:
    """Read a word such as "Su-24 (Fencer)", "Russian warplane" or "مروحية"; never fails, since unknown means any.

    The longest match first; where a description and a platform's name are one word, the description wins. A type with
    its number ("Su-24") keeps its meaning beside any other words; a loose word ("jet") only where every other word is
    understood too: "odd jet" means any platform. `parties` are the case's: their names ascribe an aircraft.
    """
    words = without_articles(name_words(text))
    if not words:
        return ANY_PLATFORM
    matches = find_phrases(words, _platform_phrases(tuple(orbat.platforms.values()), orbat.descriptions, parties))
    asserted = {match.phrase.party for match in matches} - {None}
    asserts = next(iter(asserted)) if len(asserted) == 1 else None
    types = [match for match in matches if match.phrase.rank == _TYPE and any(w.isdigit() for w in match.phrase.words)]
    chosen = types or (matches if _all_understood(words, matches, _FILLERS) else [])
    if not chosen:
        return PlatformWord((), asserts, False)
    meant = _meant(chosen)
    return PlatformWord(tuple(name for name in orbat.platforms if name in meant), asserts, True)


def read_weapons(text: str, orbat: OrderOfBattle) -> tuple[Weapon, ...]:
    """The weapons that a name may mean, in the order of battle's order; () where it names none.

    A designation ("9M79", "S-5M") counts wherever it stands; a plain word ("Uragan", "thermobaric") only where nothing
    but generic words stand beside it. A weapon without platforms ("rocket") is given only where no other is.
    """
    words = without_articles(name_words(text))
    matches = find_phrases(words, _weapon_phrases(orbat.weapons))
    designations = [match for match in matches if any(word.isdigit() for word in match.phrase.words)]
    chosen = designations or (matches if _all_understood(words, matches, _GENERIC) else [])
    named = {name for match in chosen for name in match.phrase.means}
    weapons = tuple(weapon for weapon in orbat.weapons if weapon.name in named)
    return tuple(weapon for weapon in weapons if weapon.platforms) or weapons


def read_phrase(language: str | None, transcript: str, orbat: OrderOfBattle) -> str | None:
    """The class of the code word in a transcript, through the lexicon of its language (None: of any language).

    None where there is no code word, or code words of two classes; a call sign ("other") yields to any other class.
    """
    spoken = None if language is None else _english_name(language)
    known = tuple(word for word in orbat.lexicon if spoken is None or same_name_key(word.language) == spoken)
    matches = find_phrases(without_articles(name_words(transcript)), _code_phrases(known))
    classes = {phrase_class for match in matches for phrase_class in match.phrase.means}
    telling = classes - {"other"} or classes
    return next(iter(telling)) if len(telling) == 1 else None


def party_of_language(language: str, orbat: OrderOfBattle) -> str | None:
    """The party that speaks a language on the radio; `language` is ISO 639-1 or an English name. None if not listed."""
    spoken = _english_name(language)
    return next((party for name, party in orbat.party_of_language.items() if same_name_key(name) == spoken), None)


_PARTY, _TYPE, _DESCRIPTION = 0, 1, 2
"""Rank of a phrase among those of equal length: the higher wins."""


@lru_cache(maxsize=8)
def _platform_phrases(
    platforms: tuple[Platform, ...], descriptions: tuple[Description, ...], parties: tuple[str, ...]
) -> tuple[Phrase, ...]:
    spoken = [phrase(text, d.platforms, _DESCRIPTION, d.party) for d in descriptions for text in d.phrases]
    types = [phrase(text, (p.name,), _TYPE) for p in platforms for text in (p.name, *p.names)]
    return (*spoken, *types, *(phrase(party, (), _PARTY, party) for party in parties))


@lru_cache(maxsize=8)
def _weapon_phrases(weapons: tuple[Weapon, ...]) -> tuple[Phrase, ...]:
    return tuple(phrase(text, (w.name,), _TYPE) for w in weapons for text in (w.name, *w.spellings))


@lru_cache(maxsize=32)
def _code_phrases(code_words: tuple[CodeWord, ...]) -> tuple[Phrase, ...]:
    return tuple(phrase(word.phrase, (word.phrase_class,), _TYPE) for word in code_words)


def _all_understood(words: Words, matches: list[Match], fillers: frozenset[str]) -> bool:
    """Is every word matched, a filler, or a count before the first match? And is anything matched at all?"""
    if not matches:
        return False
    first = min(match.start for match in matches)
    taken = {place for match in matches for place in range(match.start, match.end)}
    return all(
        place in taken or word in fillers or word.removesuffix("s") in fillers or (word.isdigit() and place < first)
        for place, word in enumerate(words)
    )


def _meant(matches: list[Match]) -> set[str]:
    """Platforms that all the words allow together; of types named side by side, any.

    A word that is nothing but a party's name ("Russian") narrows nothing where another word says what it was.
    """
    if all(match.phrase.rank == _TYPE for match in matches):
        return {name for match in matches for name in match.phrase.means}
    saying = [match for match in matches if match.phrase.means]
    telling = [match for match in saying if not _is_only_a_party(match.phrase)] or saying
    sets = [set(match.phrase.means) for match in telling]
    return set.intersection(*sets) or set.union(*sets) if sets else set()


def _is_only_a_party(spoken: Phrase) -> bool:
    return spoken.party is not None and same_name_key(spoken.party) == joined(spoken.words)


def _english_name(language: str) -> str:
    """The key of a language's English name; `language` is one already or an ISO 639-1 code."""
    from babel import Locale  # only where a language is read: its tables of names are large

    return same_name_key(Locale("en").languages.get(language.strip().casefold(), language))
