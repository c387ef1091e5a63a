"""When are two spellings one name? Folding of Latin and Arabic spellings; never a guess by likeness.

Folded: case, diacritics, Arabic vowel marks, tatweel, forms of alef, yeh, kaf and teh marbuta, apostrophes and the
marks for ayn and hamza, hyphens and blanks, the Arabic article (also assimilated: ar-, as-, an-), Arabic and Persian
digits, invisible direction marks. Not folded: vowels, doubled letters, transliteration. Those are other spellings and
stand in a table, because likeness takes different towns for one (any measure finds Kafr Nabl and Kafr Nubl alike).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_AYN_MARKS = "'`´‘’‚‛ʹʻʼʽʾʿˈ′＇ء"
_ARABIC_FORMS = str.maketrans(
    {"ة": "ه", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ٱ": "ا", "ە": "ه", "ہ": "ه"}
)
_DROPPED = str.maketrans(dict.fromkeys(_AYN_MARKS + "ـ"))

_WORD = re.compile(r"\d+|[^\W\d_]+")
"""Runs of letters and runs of digits: "Su-24", "su 24" and "SU24" are the same two words, "Su-2" is not among them."""

_ARTICLES = frozenset({"al", "el", "ul"})
_ASSIMILATED = re.compile(r"[aeu](?P<letter>th|dh|sh|[tdrzsnl])(?P=letter)?\Z")
"""ar-, as-, ash-, an-, enn- …: the article before a sun letter, which it takes on (Wright, Arabic Grammar, § 14)."""

_ARABIC_ARTICLE = "ال"
_SHORTEST_STEM = 3
"""Letters that must remain for ال to be read as the article; Arabic stems have three (our choice of a safe floor)."""

BASE_WORDS = frozenset({"airbase", "airport", "airfield", "aerodrome", "airstrip", "مطار", "قاعده"})
_BASE_QUALIFIERS = frozenset({"air", "base", "military", "international", "عسكري", "عسكريه", "جوي", "جويه", "دولي"})


@lru_cache(maxsize=65_536)
def name_words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order; letters and digits are separate words; articles are kept."""
    plain = unicodedata.normalize("NFKD", text.translate(_DROPPED).casefold())
    kept = "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf"))
    folded = kept.casefold().translate(_DROPPED).translate(_ARABIC_FORMS)
    return tuple(_western_digits(word) for word in _WORD.findall(folded))


def same_name_key(text: str) -> str:
    """The key that all foldable spellings of one name share, and no two different names should; "" where no word is.

    >>> same_name_key("Ma‘arrat an Nu‘mān") == same_name_key("maarrat al-Nu'man")
    True
    >>> same_name_key("Kafr Nabl") == same_name_key("Kafr Nubl")
    False
    """
    return joined(without_articles(name_words(text)))


def base_name_key(text: str) -> str | None:
    """The key of an air base's name without the words for air base or airport; None where no such word stands there.

    >>> base_name_key("Hama Military Airbase") == base_name_key("مطار Hama") == "hama"
    True
    """
    words = without_articles(name_words(text))
    says_base = any(word in BASE_WORDS for word in words) or any(pair == ("air", "base") for pair in pairwise(words))
    if not says_base:
        return None
    return joined(tuple(word for word in words if word not in BASE_WORDS | _BASE_QUALIFIERS))


def without_articles(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without Arabic articles, in Latin ("al", "as" before s…) or Arabic letters (ال at the start)."""
    kept = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if _is_article(word, following):
            continue
        has_article = word.startswith(_ARABIC_ARTICLE) and len(word) >= len(_ARABIC_ARTICLE) + _SHORTEST_STEM
        kept.append(word.removeprefix(_ARABIC_ARTICLE) if has_article else word)
    return tuple(kept)


def joined(words: tuple[str, ...]) -> str:
    """Words as one key: blanks mean nothing except between two numbers."""
    key = ""
    for word in words:
        apart = key[-1:].isdigit() and word.isdigit()
        key += f" {word}" if apart else word
    return key


def _is_article(word: str, following: str) -> bool:
    if not following[:1].isalpha():
        return False
    assimilated = _ASSIMILATED.match(word)
    return word in _ARTICLES or (assimilated is not None and following.startswith(assimilated["letter"]))


def _western_digits(word: str) -> str:
    return "".join(str(unicodedata.decimal(c)) for c in word) if word.isdecimal() else word
