"""Words of logs and accounts: every one of the real cases, exact types, loose words, and what must say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from real_words import IDLIB, NORTH_WEST, rows, words

from consilience.reference.orbat import load_orbat
from consilience.reference.words import (
    ANY_PLATFORM,
    PlatformWord,
    party_of_language,
    read_phrase,
    read_platform,
    read_weapons,
)

ORBAT = load_orbat("syria")
PARTIES = ("Syrian", "Russian")

JETS = ("Su-22", "Su-24", "Su-25", "Su-27", "Su-30", "Su-34", "Su-35", "MiG-21", "MiG-23", "MiG-29", "L-39")
RUSSIAN = ("Su-22", "Su-24", "Su-25", "Su-30", "Su-34", "Su-35", "MiG-23", "L-39")
HELICOPTERS = ("Mi-8", "Mi-14", "Mi-24", "Mi-28", "Ka-52", "SA-342 Gazelle")
DRONES = ("Orlan-10", "Forpost", "Mohajer-6", "Ababil-3", "Shahed-129", "Bayraktar TB2", "Anka-S", "MQ-9")

REAL_PLATFORM_WORDS = {
    "Mi-8 (Hip)": (("Mi-8",), None),
    "Drone": (DRONES, None),
    "Russian": (RUSSIAN, "Russian"),
    "Yak 130 (Mitten)": (("Yak-130",), None),
    "MiG-21 (Fishbed)": (("MiG-21",), None),
    "MiG-23 (Flogger)": (("MiG-23",), None),
    "MiG-23": (("MiG-23",), None),
    "Su-22 (Fitter)": (("Su-22",), None),
    "Su-24 (Fencer)": (("Su-24",), None),
    "Su-24": (("Su-24",), None),
    "Transfer": (("An-26", "Il-76"), None),
    "aircraft": (JETS, None),
    "military aircraft": (JETS, None),
    "warplane": (JETS, None),
    "Russian jet": (RUSSIAN, "Russian"),
    "Russian plane": (RUSSIAN, "Russian"),
    "Russian warplane": (RUSSIAN, "Russian"),
    "Russian fixed-wing aircraft": (RUSSIAN, "Russian"),
}


def test_every_platform_word_of_both_real_cases_is_read_as_it_stands() -> None:
    written = {w for case in (IDLIB, NORTH_WEST) for w in words(case, accounts=("platform",), sightings=("platform",))}
    assert written == set(REAL_PLATFORM_WORDS)
    for word, (platforms, asserts) in REAL_PLATFORM_WORDS.items():
        assert read_platform(word, ORBAT, PARTIES) == PlatformWord(platforms, asserts, True), word


@pytest.mark.parametrize(
    ("written", "platforms", "asserts"),
    [
        ("Russian Su-24", ("Su-24",), "Russian"),
        ("Syrian helicopter", HELICOPTERS, "Syrian"),
        ("Russian helicopter", HELICOPTERS, "Russian"),
        ("regime helicopter", HELICOPTERS, "Syrian"),
        ("jet (Russian)", JETS, "Russian"),
        ("2 jets", JETS, None),
        ("a helicopter", HELICOPTERS, None),
        ("SU24", ("Su-24",), None),
        ("Su 24M", ("Su-24",), None),
        ("Su-24 bomber, flying low", ("Su-24",), None),
        ("Su-22 or Su-24", ("Su-22", "Su-24"), None),
        ("Sukhoi 22", ("Su-22",), None),
        ("Mi-8/17", ("Mi-8",), None),
        ("Су-24", ("Su-24",), None),
        ("МиГ-23", ("MiG-23",), None),
        ("ميغ ٢٣", ("MiG-23",), None),
        ("سيخوي 24", ("Su-24",), None),
        ("حربي روسي", RUSSIAN, "Russian"),
        ("طيران رشاش", ("L-39",), None),
        ("warplane with machine gun", ("L-39",), None),
    ],
)
def test_a_combined_word_gives_the_type_and_the_party_that_it_asserts(
    written: str, platforms: tuple[str, ...], asserts: str | None
) -> None:
    assert read_platform(written, ORBAT, PARTIES) == PlatformWord(platforms, asserts, True)


def test_a_description_wins_over_the_same_word_among_a_platforms_names() -> None:
    assert "مروحية" in ORBAT.platforms["Mi-8"].names
    assert read_platform("مروحية", ORBAT, PARTIES).platforms == HELICOPTERS


@pytest.mark.parametrize("written", ["odd jet", "Su-2", "Su-240", "MiG-31", "T-4 West", "not a word of it", "", "—"])
def test_what_is_in_no_list_means_any_platform(written: str) -> None:
    assert read_platform(written, ORBAT, PARTIES) == ANY_PLATFORM


def test_an_unknown_aircraft_keeps_the_party_that_its_word_asserts() -> None:
    assert read_platform("strange Russian thing", ORBAT, PARTIES) == PlatformWord((), "Russian", False)


def test_two_parties_in_one_word_assert_neither() -> None:
    assert read_platform("Russian or Syrian jet", ORBAT, PARTIES).asserts is None


def test_every_platform_is_read_by_its_own_name_and_by_each_spelling_that_is_no_description() -> None:
    described = {phrase for row in ORBAT.descriptions for phrase in row.phrases}
    for platform in ORBAT.platforms.values():
        for name in (platform.name, *platform.names):
            if name not in described:
                assert platform.name in read_platform(name, ORBAT, PARTIES).platforms, name


REAL_MUNITIONS = {
    "9M27K": ["9M27K"],
    "9M79": ["9M79"],
    "9N210 or 9N235": ["9N210"],
    "9N24": ["9N24"],
    "Grad rocket or similar": ["122mm rocket"],
    "Grad rockets or similar": ["122mm rocket"],
    "S-5M rocket": ["S-5 rocket"],
    "Tochka series missile (9M79)": ["9M79"],
    "barrel bomb": ["barrel bomb"],
    "precision bomb": ["KAB-500"],
    "thermobaric bomb": ["ODAB-500"],
    "thermobaric missile": ["ODAB-500"],
    "thermobaric rocket": ["ODAB-500"],
    "cluster bomb": [],
    "cluster missile": [],
    "concussion missile": [],
    "concussion rocket": [],
    "ground-to-ground missile": [],
    "high-explosive rocket": [],
    "long-range missile with cluster bombs": [],
    "medium-range missile with cluster munitions": [],
    "rocket": [],
    "surface-to-surface missile, cluster": [],
}


def _telling(text: str) -> list[str]:
    return [weapon.name for weapon in read_weapons(text, ORBAT) if weapon.platforms]


def test_every_munition_of_both_real_cases_names_its_weapon_or_none() -> None:
    written = {w for case in (IDLIB, NORTH_WEST) for w in words(case, accounts=("munition",), munitions=("name",))}
    assert {word: _telling(word) for word in written} == REAL_MUNITIONS


@pytest.mark.parametrize(
    ("written", "weapons"),
    [
        ("explosive barrel", ["barrel bomb"]),
        ("barrel bombs", ["barrel bomb"]),
        ("برميل متفجر", ["barrel bomb"]),
        ("صاروخ غراد", ["122mm rocket"]),
        ("OFAB-500", ["OFAB-500"]),
        ("FAB-500 bomb", ["FAB-500"]),
        ("RBK-500 ShOAB-0.5 cluster bomb", ["RBK-500 ShOAB-0.5"]),
        ("remnants of a 9N235 submunition", ["9N210"]),
        ("Uragan", ["220mm rocket"]),
        ("122mm", ["122mm rocket", "artillery shell"]),
        ("rocket", []),
        ("missile", []),
        ("bomb", []),
        ("mortar shell", []),
        ("gun barrel", []),
        ("S-50", []),
        ("FAB-5000", []),
        ("", []),
    ],
)
def test_a_designation_must_match_whole_and_a_generic_word_names_nothing(written: str, weapons: list[str]) -> None:
    assert _telling(written) == weapons


def test_every_weapon_is_read_by_each_of_its_spellings() -> None:
    for weapon in ORBAT.weapons:
        for spelling in (weapon.name, *weapon.spellings):
            assert weapon.platforms == () or weapon in read_weapons(spelling, ORBAT), spelling


def test_every_transcript_of_the_real_case_is_of_the_class_that_its_row_states() -> None:
    spoken = [row for row in rows(NORTH_WEST, "transmissions") if row["transcript"]]
    assert len(spoken) == 8
    for row in spoken:
        assert read_phrase(row["language"], row["transcript"], ORBAT) == row["phrase"]


@pytest.mark.parametrize(
    ("language", "transcript", "phrase_class"),
    [
        ("ru", "Сработал.", "weapon_release"),
        ("Russian", "31, srabotal", "weapon_release"),
        ("Russian", "31", "other"),
        (None, "صنوبر", "target_coordinates"),
        ("Arabic", "srabotal", None),
        ("Russian", "three sevens, srabotal", None),
        ("Russian", "good morning", None),
        ("xx", "srabotal", None),
    ],
)
def test_a_code_word_counts_in_its_language_and_two_classes_count_as_none(
    language: str | None, transcript: str, phrase_class: str | None
) -> None:
    assert read_phrase(language, transcript, ORBAT) == phrase_class


@pytest.mark.parametrize(
    ("language", "party"),
    [
        ("ru", "Russian"),
        ("Russian", "Russian"),
        ("AR", "Syrian"),
        ("fa", "other"),
        ("fr", None),
        ("zz", None),
        ("", None),
    ],
)
def test_a_language_is_read_by_its_code_and_by_its_english_name(language: str, party: str | None) -> None:
    assert party_of_language(language, ORBAT) == party


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    word = read_platform(text, ORBAT, PARTIES)
    assert set(word.platforms) <= set(ORBAT.platforms)
    assert word.known or not word.platforms
    assert set(read_weapons(text, ORBAT)) <= set(ORBAT.weapons)


@given(st.permutations(["Russian", "Su-24", "jet"]))
def test_the_order_of_words_does_not_matter(parts: list[str]) -> None:
    assert read_platform(" ".join(parts), ORBAT, PARTIES) == PlatformWord(("Su-24",), "Russian", True)
