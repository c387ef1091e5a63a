"""Evidence that tells two propositions not apart is said so, in every output that gives a ratio."""

from __future__ import annotations

import pytest
from test_profiles import frame

from consilience.publish.likelihood_words import how_probable
from consilience.publish.statements.found_sentences import ratio_sentences

UNEVEN, EVEN = 0.05, 0.01


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The evidence is about as probable if Red did it as if Blue did it: no support either way."),
        ("ar", "لا دعم لأي منهما"),
    ],
)
def test_evidence_that_favours_nobody_is_not_said_to_be_one_times_as_probable(language: str, said: str) -> None:
    def of(weight: float) -> str:
        (sentence,) = ratio_sentences(
            frame({}, language=language), {"incident_id": "I", "log10_lr": {"Red:Blue": weight}}
        )
        return sentence.text

    assert said in of(EVEN)
    assert "1.0" not in of(EVEN)
    assert "1.1" in of(UNEVEN)


def test_the_working_report_and_the_bundle_say_it_in_the_same_words() -> None:
    assert how_probable(EVEN, "A did it", "B did it") == (
        "The evidence is about as probable if A did it as if B did it: no support either way"
    )
    assert how_probable(UNEVEN, "A did it", "B did it").startswith("The evidence is 1.1 times as probable if A did it")
