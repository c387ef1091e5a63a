"""One name in two spellings folds to one key; two names never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.reference.names import base_name_key, name_words, same_name_key


@pytest.mark.parametrize(
    "spellings",
    [
        ("Ma‘arrat an Nu‘mān", "maarrat al-Nu'man", "MA`ARRAT AL NUMAN", "Maʿarrat al-Nuʿmān", "Ma'arrat-en-Nu’man"),
        ("Khan Shaykhun", "Khan-Shaykhun", "khān shaykhūn"),
        ("Ar-Raqqah", "al-Raqqah", "Raqqah", "AR RAQQAH"),
        ("As Safirah", "Al-Safirah", "Safirah", "as-safīrah"),
        ("Deir ez-Zor", "Deir al-Zor", "deir ez zor"),
        ("معرة النعمان", "مَعَرَّة النُّعمان", "معرّه النعمان", "معـــرة النعمان"),
        ("إدلب", "ادلب", "أدلب"),
        ("الشعيرات", "شعيرات"),
        ("کفر نبل", "كفر نبل", "كفرنبل"),
        ("سلمى", "سلمي"),
        ("Su-24", "su 24", "SU24", "Su‑24", "su-٢٤", "su ۲۴"),
        ("سوخوي 24", "سوخوي24", "سوخوي ٢٤"),
        ("\u200fحماة\u200e", "حماه"),
    ],
)
def test_spellings_of_one_name_share_a_key(spellings: tuple[str, ...]) -> None:
    assert len({same_name_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kafr Nabl", "Kafr Nubl"),
        ("Kafr Nabl", "Kafranbel"),
        ("Kafr Nobol", "Kafr Nubl"),
        ("Sarja", "Sarjeh"),
        ("Shanan", "Shannan"),
        ("Hass", "Has"),
        ("Su-2", "Su-24"),
        ("Su-24", "Su-22"),
        ("An-26", "26"),
        ("incident 1 12", "incident 11 2"),
        ("الما", "ما"),
        ("Hama", "Hamah"),
        ("Qah", "قاح"),
    ],
)
def test_two_names_have_two_keys(one: str, other: str) -> None:
    assert same_name_key(one) != same_name_key(other)


@pytest.mark.parametrize(
    ("written", "core"),
    [
        ("Hama air base", "hama"),
        ("Hama Military Airbase", "hama"),
        ("مطار حماة العسكري", "حماه"),
        ("قاعدة حميميم الجوية", "حميميم"),
        ("Bassel Al-Assad International Airport", "basselassad"),
        ("T4 West Airbase", "t4west"),
        ("Hama", None),
        ("Airbus", None),
        ("Air force", None),
    ],
)
def test_words_for_an_air_base_are_taken_off_and_told(written: str, core: str | None) -> None:
    assert base_name_key(written) == core


def test_letters_and_digits_are_words_of_their_own() -> None:
    assert name_words("9M79-1, 122mm") == ("9", "m", "79", "1", "122", "mm")
    assert same_name_key(" ,;—") == ""


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text: str) -> None:
    key = same_name_key(text)
    assert same_name_key(key.upper()) in (key, same_name_key(key))
    assert same_name_key(f"\u200f {text}\u200e ") == key


@given(st.lists(st.sampled_from(["Deir", "Kafr", "Nubl", "24", "7", "حلب", "تل"]), min_size=1, max_size=4))
def test_blanks_hyphens_and_case_never_matter(parts: list[str]) -> None:
    keys = {same_name_key(glue.join(parts)) for glue in (" ", "-", "  ", " - ")}
    assert keys == {same_name_key(" ".join(parts).upper())}
