"""Arabic counts by six forms (CLDR): every counted noun has them, and no phrase sets a number before a fixed noun."""

from __future__ import annotations

import re

import pytest
from test_profiles import frame

from consilience.publish.catalogue import catalogue_of
from consilience.publish.statements.found_sentences import ratio_sentences
from consilience.publish.statements.words import Words
from consilience.reference.assumptions import load_assumptions

ARABIC = catalogue_of("ar")
NUMBERS = (0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103, 110, 111)
COUNTED = [
    (section, key)
    for section in ("counts", "roles_counted", "tables")
    for key, phrase in ARABIC.phrases[section].items() if not isinstance(phrase, str)
]  # fmt: skip
BESIDES = {"sources": "مصدر واحد", "of": "7", "most": "200", "range": "3–4"}
"""What phrases say beside their number."""
UNITS = ("كم", "م", "ميغاهرتز", "على", "إلى", "من", "لأي")
"""What may follow a number as it stands: units that are written short, and words that are no noun."""


def form_of(number: int) -> str:
    """The form by the grammar, not by Babel: 3 to 10 the plural in the genitive, 11 to 99 the singular in the
    accusative, whole hundreds and one or two above them the singular in the genitive."""
    if number in (0, 1, 2):
        return ("zero", "one", "two")[number]
    last = number % 100
    return "few" if 3 <= last <= 10 else "many" if 11 <= last <= 99 else "other"


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(("section", "key"), COUNTED)
def test_every_counting_phrase_takes_the_form_of_its_number(section: str, key: str, number: int) -> None:
    forms = ARABIC.phrases[section][key]
    assert not isinstance(forms, str)
    given = {name: text for name, text in BESIDES.items() if f"{{{name}}}" in forms["few"]}
    assert ARABIC.count(section, key, number, **given) == forms[form_of(number)].format(n=f"{number:,}", **given)


@pytest.mark.parametrize(("section", "key", "said"), [
    ("counts", "incidents", ["0 حادثة", "حادثة واحدة", "حادثتين", "3 حوادث", "10 حوادث", "11 حادثة", "99 حادثة",
                             "100 حادثة", "101 حادثة", "102 حادثة", "103 حوادث", "110 حوادث", "111 حادثة"]),
    ("counts", "people", ["0 شخص", "شخص واحد", "شخصين", "3 أشخاص", "10 أشخاص", "11 شخصاً", "99 شخصاً",
                          "100 شخص", "101 شخص", "102 شخص", "103 أشخاص", "110 أشخاص", "111 شخصاً"]),
    ("tables", "accounts", ["0 رواية", "رواية واحدة", "روايتين", "3 روايات", "10 روايات", "11 رواية", "99 رواية",
                            "100 رواية", "101 رواية", "102 رواية", "103 روايات", "110 روايات", "111 رواية"]),
])  # fmt: skip
def test_counted_nouns_read_as_arabic_does(section: str, key: str, said: list[str]) -> None:
    assert [ARABIC.count(section, key, number) for number in NUMBERS] == said


@pytest.mark.parametrize(("section", "key"), COUNTED)
def test_three_to_ten_take_the_plural_and_hundreds_the_singular(section: str, key: str) -> None:
    forms = ARABIC.phrases[section][key]
    assert not isinstance(forms, str)
    assert forms["few"] != forms["other"] or key in NEVER_INFLECTED, f"{section}.{key}"


NEVER_INFLECTED = ("map_of", "annexe_as_grid", "interviewed_remotely", "killed_bounded")
"""Phrases in which no noun follows the number."""


def test_no_fixed_phrase_sets_a_number_before_a_noun() -> None:
    """Such a noun would be wrong for most numbers: it belongs into a counting phrase."""
    names = "n|times|of|most|low|high|metres|killed"
    found = [
        (section, key, match[0])
        for section in ("labels", "sentences")
        for key, phrase in ARABIC.phrases[section].items()
        for match in re.finditer(rf"\{{({names})\}} ([\u0621-\u064a]+)", str(phrase)) if match[2] not in UNITS
    ]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("log10_lr", [0.03, 0.3, 0.5, 1.0, 1.05, 2.0, 2.0414, 3.0, 7.0])
def test_a_ratio_needs_no_counted_noun(log10_lr: float) -> None:
    """The evidence under one proposition is that under the other, multiplied: no plural, and no word for "double"."""
    made = frame({}, language="ar")
    block = {"incident_id": "I1", "log10_lr": {"Red:Blue": log10_lr}}
    (sentence,) = ratio_sentences(made, block)
    assert f"مضروباً في {Words(ARABIC, made.words.zone).times(log10_lr)}:" in sentence.text
    assert "ضعفاً" not in sentence.text


@pytest.mark.parametrize(("number", "said"), [(-20, "\u2068−20\u2069"), (5, "5")])
def test_a_minus_sign_stays_before_its_number(number: int, said: str) -> None:
    """In a line from right to left it would stand behind it."""
    words = frame({}, language="ar").words
    assert words.span_of(number, number) == said
    assert words.span_of(number, 7).endswith("7")


def test_every_shipped_assumption_has_an_arabic_name_of_its_own() -> None:
    """Its reason is English, and the report says where that stands. No name outlives its assumption."""
    names = ARABIC.phrases["assumption"]
    assert set(names) == set(load_assumptions())
    assert len(set(map(str, names.values()))) == len(names)
