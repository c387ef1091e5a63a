"""No clock time is told as known where the evidence leaves hours open."""

from __future__ import annotations

from datetime import datetime

import pytest

from case_copies import OFFENSIVE
from reported_cases import document_of, ready_case

LANGUAGES = ("en", "ar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_is_told_as_known_only_where_its_interval_is_a_few_hours(language: str) -> None:
    findings = ready_case(OFFENSIVE).found.findings
    said = {one.sentence_id: one.text for one in document_of(OFFENSIVE, "public", language).sentences}
    told = {}
    for block in findings["incidents"]:
        low, high = (datetime.fromisoformat(block["time"][name]) for name in ("low", "high"))
        roughly = "known only roughly" if language == "en" else "على وجه التقريب فقط"
        is_rough = roughly in said[f"{block['incident_id']}/time"]
        told[is_rough] = told.get(is_rough, 0) + 1
        assert is_rough == ((high - low).total_seconds() > 3 * 3600), block["incident_id"]
    assert min(told[True], told[False]) > 3
