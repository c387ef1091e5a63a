"""The figure of an account that may not be told is had by no subtraction, over every table and sentence."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilience.conclude.casualties import UNKNOWN, Range, count_casualties, total
from consilience.publish.catalogue import catalogue_of, languages
from consilience.publish.document import Grid, Paragraph
from consilience.publish.profiles import PROFILES, Profile
from consilience.publish.release_tables import release_tables
from consilience.publish.statements.admitted import admit
from consilience.publish.statements.casualty_sentences import casualty_sentences, killed_grid, killed_in_all
from consilience.publish.statements.frame import Frame, Names
from consilience.publish.statements.references import Unresolved, parse_reference, resolve
from consilience.publish.statements.words import Words
from consilience.publish.withheld_figures import without_withheld_figures
from consilience.records.case import CaseRecords
from consilience.records.views import CaseView, IncidentView
from reported_cases import records_with

Accounts = list[tuple[str, str, bool, Range]]
"""Account, incident, may it be told, its figure of people killed."""

ENDS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: (min(ends), max(ends)))
FIGURES = st.one_of(ENDS, st.tuples(st.integers(0, 60), st.none()), st.just((None, None)))
SECRET: Accounts = [
    ("A1", "N1", True, (3, 3)), ("A2", "N1", False, (4, 17)), ("A3", "N2", True, (2, 2)), ("A4", "N3", True, (5, 6)),
]  # fmt: skip


def case_of(accounts: Accounts) -> tuple[dict[str, Any], CaseRecords]:
    """Findings as conclude makes them, and the rows behind them."""
    rows = [
        {"account_id": name, "incident_id": incident, "source_id": f"W-{name}", "interview_id": f"V-{name}",
         "killed_min": figure[0], "killed_max": figure[1]}
        for name, incident, _, figure in accounts
    ]  # fmt: skip
    interviews = [
        {"interview_id": f"V-{name}", "source_id": f"W-{name}",
         "consent": ["analysis", *(PROFILES if is_told else ())]}
        for name, _, is_told, _ in accounts
    ]  # fmt: skip
    records = records_with({"accounts": rows, "interviews": interviews})
    table = records.tables["accounts"]
    blocks, ranges = [], []
    for incident in sorted({one[1] for one in accounts}):
        killed = count_casualties(table.filter(table["incident_id"] == incident), {}).killed
        pieces = [{"evidence_id": name, "kind": "account"} for name, at, _, _ in accounts if at == incident]
        casualties = {"killed": None if killed == UNKNOWN else list(killed), "injured": None}
        blocks.append({
            "incident_id": incident, "title": incident, "facility_id": None, "attack_probability": 0.99,
            "casualties": casualties, "evidence": pieces,
        })  # fmt: skip
        ranges.append(killed)
    killed = total(ranges)
    totals = {"by_mode": {"air strike": len(blocks)}, "killed": None if killed == UNKNOWN else list(killed)}
    return {
        "case_digest": "sha256:00", "version": "0", "left_out": 0, "incidents": blocks, "totals": totals,
    }, records  # fmt: skip


def framed(accounts: Accounts, profile: Profile, language: str) -> Frame:
    findings, records = case_of(accounts)
    names = sorted({one[1] for one in accounts})
    seen = tuple(IncidentView(name, (), (), (None, None), (), (), {}, (), (), 0.0, 0.0, 0.0) for name in names)
    view = CaseView("synthetic", "A made-up case", "Asia/Damascus", None, ("Red", "Blue"), {}, seen, (), ())
    case = admit(findings, records, view, profile, {})
    return Frame(case, Words(catalogue_of(language), case.settings.zone), Names(), {})


def everything(accounts: Accounts, profile: Profile) -> dict[str, object]:
    """Each table as bytes and each sentence and cell on people killed, in every language."""
    findings, records = case_of(accounts)
    said: dict[str, object] = dict(release_tables(without_withheld_figures(findings, records, profile), profile))
    for language in languages():
        frame = framed(accounts, profile, language)
        sums = (*killed_in_all(frame), *killed_grid(frame)) if profile.shows_posterior else ()
        said[language] = [
            [one.text for b in sums if isinstance(b, Paragraph) for one in b.sentences],
            [row for b in sums if isinstance(b, Grid) for row in b.rows],
            [one.text for block, _ in frame.blocks for one in casualty_sentences(frame, block)],
        ]
    return said


@settings(max_examples=25, deadline=None)
@given(
    told=st.lists(st.tuples(st.sampled_from(["N1", "N2", "N3"]), FIGURES), min_size=1, max_size=5),
    hidden=st.lists(st.tuples(st.sampled_from(["N1", "N2", "N3"]), FIGURES, FIGURES), min_size=1, max_size=3),
    profile=st.sampled_from(sorted(PROFILES)),
)
def test_two_cases_that_differ_in_withheld_figures_alone_say_the_same(
    told: list[tuple[str, Range]], hidden: list[tuple[str, Range, Range]], profile: str
) -> None:
    """No sum or difference of what is the same in both can tell which figure it was, or whether there is one."""
    shown: Accounts = [(f"A{k}", incident, True, figure) for k, (incident, figure) in enumerate(told)]
    one: Accounts = [(f"B{k}", incident, False, figure) for k, (incident, figure, _) in enumerate(hidden)]
    other: Accounts = [(f"B{k}", incident, False, figure) for k, (incident, _, figure) in enumerate(hidden)]
    assert everything([*shown, *one], PROFILES[profile]) == everything([*shown, *other], PROFILES[profile])


@pytest.mark.parametrize("profile", ["public", "partner"])
def test_the_total_less_the_attacks_that_are_told_gives_nobody_s_figure(profile: str) -> None:
    files = everything(SECRET, PROFILES[profile])
    incidents = list(csv.DictReader(io.StringIO(_text(files["tables/incidents.csv"]))))
    counts = list(csv.DictReader(io.StringIO(_text(files["tables/counts.csv"]))))
    assert [(one["killed_min"], one["killed_max"]) for one in incidents] == [("", ""), ("2", "2"), ("5", "6")]
    assert [one["count"] for one in counts if one["total"] == "killed"] == [""]
    frame = framed(SECRET, PROFILES[profile], "en")
    (sums,) = killed_in_all(frame)
    assert isinstance(sums, Paragraph)
    assert [one.text for one in sums.sentences] == [
        frame.words.count("killed_withheld", 1),
        frame.words.count("killed_bounded", 2, range=frame.words.span_of(7, 8)),
    ]


@pytest.mark.parametrize("profile", ["public", "partner"])
def test_prose_can_not_name_a_range_or_total_that_hangs_on_a_withheld_figure(profile: str) -> None:
    frame = framed(SECRET, PROFILES[profile], "en")
    for path in ("incident.N1.killed", "total.killed"):
        with pytest.raises(Unresolved, match="withheld from this profile"):
            resolve(frame, parse_reference(path))
    assert resolve(frame, parse_reference("incident.N3.killed")).text == frame.words.span_of(5, 6)


def test_where_everybody_agreed_all_is_said_as_the_findings_have_it() -> None:
    agreed: Accounts = [(name, incident, True, figure) for name, incident, _, figure in SECRET]
    findings, records = case_of(agreed)
    said = without_withheld_figures(findings, records, PROFILES["public"])
    assert [one["casualties"] for one in said["incidents"]] == [one["casualties"] for one in findings["incidents"]]
    assert said["totals"]["killed"] == findings["totals"]["killed"]


def _text(data: object) -> str:
    assert isinstance(data, bytes)
    return data.decode()
