"""A release says what its draft says, word by word: who signed the draft signed what goes out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from release_examples import FIRST, OPEN, decided, own_ring, row, tried, write_case

from consilience.casework import release_report
from consilience.casework.pipeline import Found
from consilience.casework.release_state import Built
from consilience.casework.reporting import ready
from consilience.casework.reviewing import FindingStatus
from consilience.publish.document import Document, Sentence
from consilience.publish.profiles import PROFILES, Profile

LETTERS = [
    "letter_id,party,addressee,sent_on,due_on,replied_on,not_sought_why",
    "L1,Syrian,Synthetic Addressee One,2020-04-01,2020-04-20,,",
    "L2,Russian,Synthetic Addressee Two,2020-04-01,2020-04-20,2020-04-09,",
    "L3,other,Synthetic Addressee Three,,,,danger for the staff",
]
LANGUAGES = ("en", "ar")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory):
        case = write_case(tmp_path_factory.mktemp("sentences") / "case", {"letters": LETTERS})
        done = decided(case, [
            *OPEN.values(), row("reply", "L1", "partial", on="2020-04-15"), row("reply", "L1", "oral", on="2020-04-18"),
            row("reply_effect", "I1", "unchanged", FIRST, reason="denies it", scope="L1"),
        ])  # fmt: skip
        assert not done.bad
        yield case


def _released(case: Path, profile: str) -> tuple[Document, ...]:
    """The documents that a release would go out with, as the door builds them."""
    kept: list[Document] = []

    def reports(
        found: Found, profile: Profile, formats: Sequence[str], languages: Sequence[str], seen: Sequence[FindingStatus]
    ) -> Built:
        del languages
        built = release_report.reports(found, profile, formats, LANGUAGES, seen)
        kept.extend(built.documents)
        return built

    tried(case, case.parent / "out", profile, reports, dry_run=True)
    return tuple(kept)


def _words(sentences: Sequence[Sentence]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.sentence_id, one.text, tuple(one.support)) for one in sentences]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_sentence_of_a_release_is_that_of_its_draft(case: Path, profile: str) -> None:
    made = ready(case, workers=1, progress=lambda *_: None)
    released = _released(case, profile)
    assert [one.language for one in released] == list(LANGUAGES)
    for one in released:
        assert _words(one.sentences) == _words(made.document(profile, one.language).sentences)


@pytest.mark.parametrize(
    ("language", "partial", "unsent"),
    [
        ("en", "Syrian government forces, written to on 1 April 2020, replied to a part of the letter on "
         "15 April 2020 and replied by word of mouth on 18 April 2020, and no more had been received as of "
         "4 May 2020.", "No letter to others is on record as sent as of 4 May 2020."),
        ("ar", "جاء رد على جزء من الرسالة في 15", "مدوّنة على أنها أُرسلت حتى 4"),
    ],
)  # fmt: skip
def test_a_reply_in_part_and_a_letter_that_never_went_out_are_called_so_in_a_release(
    case: Path, language: str, partial: str, unsent: str
) -> None:
    document = next(one for one in _released(case, "public") if one.language == language)
    said = {one.sentence_id: one.text for one in document.sentences}
    assert partial in said["letters/L1"]
    assert unsent in said["letters/L3"]
