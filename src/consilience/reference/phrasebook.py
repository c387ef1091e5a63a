"""Finding known phrases among the words of a text: longest first, whole words only, no word used twice."""

from __future__ import annotations

from dataclasses import dataclass

from consilience.reference.names import name_words, without_articles

Words = tuple[str, ...]

_PLURAL_FROM = 3
"""Letters from which a Latin word may bear a plural s ("jets"): our choice, so that types such as Il or Su never do."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words and what they mean: names of platforms, weapons or classes; the party that they assert, if any."""

    words: Words
    means: tuple[str, ...]
    rank: int
    party: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found in a text, at the words from `start` to before `end`."""

    start: int
    end: int
    phrase: Phrase


def phrase(text: str, means: tuple[str, ...], rank: int, party: str | None = None) -> Phrase:
    """A phrase from its spelling."""
    return Phrase(without_articles(name_words(text)), means, rank, party)


def find_phrases(words: Words, phrases: tuple[Phrase, ...]) -> list[Match]:
    """Matches in order of place: the longest first, then the higher rank; phrases of equal words and rank all count."""
    ends = {*words, *(word[:-1] for word in words)}  # few of a book's phrases end in any word of a text
    found = [
        Match(start, start + len(known.words), known)
        for known in phrases
        if known.words and known.words[-1] in ends
        for start in range(len(words) - len(known.words) + 1)
        if _same(words[start : start + len(known.words)], known.words)
    ]
    found.sort(key=lambda match: (match.start - match.end, -match.phrase.rank, match.start))
    chosen: list[Match] = []
    for match in found:
        if all(_apart(match, other) or _twins(match, other) for other in chosen):
            chosen.append(match)
    return sorted(chosen, key=lambda match: (match.start, match.end))


def _same(words: Words, known: Words) -> bool:
    return words[:-1] == known[:-1] and (words[-1] == known[-1] or _is_plural(words[-1], known[-1]))


def _is_plural(word: str, known: str) -> bool:
    return len(known) >= _PLURAL_FROM and known.isascii() and known.isalpha() and word == known + "s"


def _apart(one: Match, other: Match) -> bool:
    return one.end <= other.start or other.end <= one.start


def _twins(one: Match, other: Match) -> bool:
    return (one.start, one.end, one.phrase.rank) == (other.start, other.end, other.phrase.rank)
