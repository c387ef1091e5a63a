"""What a cell of a party column means: parties by their words, labels and synonyms, one of them or together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from consilience.readings.characters import squeezed
from consilience.readings.times import Fault
from consilience.records.case import CaseSettings
from consilience.records.left_out import Why
from consilience.records.weighed import OTHER

_OR = re.compile(r"\s+(?:or|أو|او)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the\s+|ال)", re.IGNORECASE)


def read_party(choices: list[str], settings: CaseSettings) -> str | Fault:
    """Parties joined by "or" (one of them) or `+` (together), each sorted within, as case.toml writes them.

    `choices` are the entries of a `;` list, one of which is right. A label of case.toml, or one of its `[party_words]`,
    is a word for its party. "or" is read where each of its parts is one party and nothing else.
    """
    known = _parties_by_word(settings)
    found = set()
    for choice in choices:
        is_party = _party_named(choice, known) is not None
        parts = [choice] if is_party or "+" in choice else _OR.split(choice)
        for part in parts:
            members = [_party_named(member, known) for member in part.split("+")]
            if None in members:
                return Fault(Why.UNKNOWN_VALUE, _parties_expected(settings))
            found.add("+".join(sorted({member for member in members if member is not None})))
    return ";".join(sorted(found)) or Fault(Why.UNKNOWN_VALUE, _parties_expected(settings))


def _parties_by_word(settings: CaseSettings) -> dict[str, str]:
    """Each party under its own word, its label and its synonyms; what two parties bear means neither."""
    parties = {squeezed(party): party for party in (*settings.parties, OTHER)}
    bearers: dict[str, set[str]] = {}
    for party, word in _other_words(settings):
        bearers.setdefault(squeezed(word), set()).add(party)
    return {word: min(bearing) for word, bearing in bearers.items() if len(bearing) == 1} | parties


def _other_words(settings: CaseSettings) -> Iterator[tuple[str, str]]:
    yield from (settings.party_labels or {}).items()
    for party, words in (settings.party_words or {}).items():
        yield from ((party, word) for word in words)


def _party_named(text: str, known: Mapping[str, str]) -> str | None:
    """The party that the words name, with an article or without; None where they name none."""
    plain = text.strip()
    return known.get(squeezed(plain)) or known.get(squeezed(_ARTICLE.sub("", plain)))


def _parties_expected(settings: CaseSettings) -> str:
    parties = (*settings.parties, OTHER)
    one, two = parties[:2]
    return (
        f"parties out of {', '.join(parties)}; {one};{two} means one of the two, {one}+{two} both together; another "
        f"word for one may be declared under [party_words] in case.toml"
    )
