"""The catalogues of phrases: whole in every language, with the same values, and no phrase that nothing says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from case_copies import APRIL, OFFENSIVE
from consilience.errors import PublishError
from consilience.publish import catalogue as module
from consilience.publish.catalogue import catalogue_of, lacking_phrases, languages
from consilience.records import tables
from consilience.records.left_out import Why
from reported_cases import document_of, ready_case

WORDS = {
    "role": tables.ROLES, "mode": tables.MODES, "mode_of": tables.MODES, "facility_kind": tables.FACILITY_KINDS,
    "perception": tables.PERCEPTIONS, "party_basis": tables.PARTY_BASES, "precision": tables.PRECISIONS,
    "time_word": tables.TIME_WORDS, "activity": tables.ACTIVITIES, "heading": tables.HEADINGS,
    "phrase": tables.PHRASE_CLASSES, "shows": tables.SHOWS, "damage": tables.DAMAGE,
    "detection_kind": tables.DETECTION_KINDS, "context_kind": tables.CONTEXT_KINDS,
    "facility_kind_of": tables.FACILITY_KINDS,
    "said_of_a_place": tuple(
        f"{name}{said}" for name in tables.STATUS_COLUMNS for said in ("", *(f"_{one}" for one in ("yes", "no")))
    ),
    "roles_counted": tables.ROLES, "why_left_out": tuple(Why),
}  # fmt: skip


def test_there_are_english_and_arabic() -> None:
    assert languages() == ("ar", "en")
    assert [catalogue_of(language).direction for language in languages()] == ["rtl", "ltr"]


@pytest.mark.parametrize("language", languages())
def test_no_phrase_is_missing(language: str) -> None:
    assert lacking_phrases(language) == []
    assert not [f"{section}.{key}" for section, key, phrase in _phrases(language) if not phrase.strip()]


@pytest.mark.parametrize("language", languages())
def test_every_word_of_the_case_format_has_a_phrase(language: str) -> None:
    phrases = catalogue_of(language)
    assert not [f"{kind}.{word}" for kind, words in WORDS.items() for word in words if not phrases.has(kind, word)]


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_a_phrase_takes_the_same_values_in_every_language(language: str) -> None:
    """But a form for one or two may say the number as a word."""
    own, first = catalogue_of(language).phrases, catalogue_of("en").phrases
    for section, phrases in first.items():
        for key, phrase in phrases.items():
            theirs = own[section][key]
            if isinstance(phrase, str):
                assert _values(str(theirs)) == _values(phrase), f"{section}.{key}"
            else:
                assert not isinstance(theirs, str)
                for form, said in theirs.items():
                    assert _values(said) | {"n", "most", "of"} >= _values(phrase["other"]), f"{section}.{key}.{form}"
                    assert _values(said) <= _values(phrase["other"]), f"{section}.{key}.{form}"


def test_a_language_that_lacks_a_phrase_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    real = module._read
    short = {section: dict(phrases) for section, phrases in real("ar").items()}
    people = short["counts"]["people"]
    assert not isinstance(people, str)
    short["counts"]["people"] = {form: said for form, said in people.items() if form != "few"}
    del short["labels"]["summary"]
    monkeypatch.setattr(module, "_read", lambda language: short if language == "ar" else real(language))
    catalogue_of.cache_clear()
    with pytest.raises(PublishError, match=r"lacks 2 phrases: labels\.summary, counts\.people\.few"):
        catalogue_of("ar")
    catalogue_of.cache_clear()
    with pytest.raises(PublishError, match="no catalogue of phrases for this language"):
        catalogue_of("xx")


def test_no_phrase_stands_there_that_nothing_says() -> None:
    """Sentences and labels are named in the source, whole or by the part before what is put in."""
    source = "\n".join(path.read_text("utf-8") for path in Path(str(module.__file__)).parent.rglob("*.py"))
    starts = set(re.findall(r'f"(\w+_)\{', source))
    dead = [
        f"{section}.{key}"
        for section in ("labels", "sentences", "counts")
        for key in catalogue_of("en").phrases[section]
        if f'"{key}"' not in source and not any(key.startswith(start) for start in starts)
        and key not in ("air_strike", "barrel_bomb", "ground")
        and f'"{key.partition("_")[2]}"' not in source and not key.startswith("column_")
    ]  # fmt: skip
    assert dead == []


@pytest.mark.parametrize(("number", "said"), [
    (1, "حادثة واحدة"), (2, "حادثتين"), (3, "3 حوادث"), (11, "11 حادثة"), (100, "100 حادثة"), (103, "103 حوادث"),
])  # fmt: skip
def test_arabic_counts_by_its_own_six_forms(number: int, said: str) -> None:
    assert catalogue_of("ar").count("counts", "incidents", number) == said


@pytest.mark.parametrize("name", [APRIL, OFFENSIVE])
def test_the_reasons_of_confidence_are_all_said_in_arabic(name: str) -> None:
    sentences = document_of(name, "public", "ar").sentences
    said = [
        s.text for s in sentences if s.sentence_id.endswith("/confidence") and not s.sentence_id.startswith("method")
    ]
    assert len(said) == len(ready_case(name).found.findings["incidents"])
    assert not [text for text in said if re.search("[A-Za-z]", text)]


def test_arabic_dates_have_the_levantine_month_and_the_other_name() -> None:
    said = {one.sentence_id: one.text for one in document_of(OFFENSIVE, "public", "ar").sentences}
    assert "15 نيسان/أبريل 2020" in said["letters/L01"]
    assert "4 أيار/مايو 2020" in said["letters/L01"]


def _phrases(language: str) -> Iterable[tuple[str, str, str]]:
    for section, phrases in catalogue_of(language).phrases.items():
        for key, phrase in phrases.items():
            for said in [phrase] if isinstance(phrase, str) else phrase.values():
                yield section, key, said


def _values(phrase: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", phrase))
