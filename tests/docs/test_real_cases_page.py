"""The page on the two real cases says what a run of them gives today."""

from __future__ import annotations

from real_cases_tables import PAGE, ROW, incidents_today, with_today


def test_the_tables_of_the_real_cases_are_those_of_todays_findings() -> None:
    page, today = PAGE.read_text(encoding="utf-8"), incidents_today()
    told = {matched[1] for line in page.split("\n") if (matched := ROW.match(line))}
    assert told == set(today)
    assert with_today(page, today) == page, "python tests/docs/real_cases_tables.py writes them anew"
