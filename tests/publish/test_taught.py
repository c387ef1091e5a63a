"""What the logs taught, in the report: a sentence and a picture each, every number in figures too."""

from __future__ import annotations

from dataclasses import replace

from publish_example import example_findings, example_log_model, example_view

from consilience.publish.dot_rows import Dot, DotAxis, draw_dots, share_axis
from consilience.publish.report import render_report
from consilience.publish.taught import taught_charts

MODEL = example_log_model()


def test_each_part_has_a_heading_one_sentence_and_a_picture() -> None:
    charts = taught_charts(MODEL)
    assert [chart.name for chart in charts] == [
        "How much the logs miss", "When an attacker passes", "How an attacker passes", "Who flies",
        "When flights were logged", "What is said in an attack", "When calls come",
    ]  # fmt: skip
    assert all(chart.sentence.endswith(".") for chart in charts)
    assert all((chart.rows is None) != (chart.drawing is None) for chart in charts)


def test_only_logs_that_are_whole_have_charts() -> None:
    assert taught_charts(None) == ()
    assert len(taught_charts(replace(MODEL, radio=None))) == 5
    assert len(taught_charts(replace(MODEL, sky=None))) == 3


def test_sentences_say_what_was_fitted() -> None:
    said = {chart.name: chart.sentence for chart in taught_charts(MODEL)}
    assert "holds about 81" in said["How much the logs miss"]
    assert "1.2 minutes before the impact" in said["When an attacker passes"]
    assert "Syrian 60\u00a0%, Russian 40\u00a0%" in said["Who flies"]
    assert "weapon release: 0.5 minutes before" in said["When calls come"]
    assert "busiest from 10:00 on, with 9.0 flights an hour against 6.0" in said["When flights were logged"]


def test_a_place_that_nobody_watched_leaves_attackers_without_comparison() -> None:
    assert MODEL.sky is not None
    bare = tuple(replace(kind, background=None) for kind in MODEL.sky.passes)
    chart = taught_charts(replace(MODEL, sky=replace(MODEL.sky, passes=bare)))[2]
    assert chart.rows is not None
    assert all("all" not in row.shown for row in chart.rows.rows)


def test_a_party_that_is_markup_stays_text() -> None:
    assert MODEL.sky is not None
    fleet = (replace(MODEL.sky.fleet[0], party="<b>"), *MODEL.sky.fleet[1:])
    view = replace(example_view(), log_model=replace(MODEL, sky=replace(MODEL.sky, fleet=fleet)))
    html = render_report(example_findings(), view)
    assert "Su-24, &lt;b&gt;" in html
    assert "Su-24, <b>" not in html


def test_a_dot_outside_its_axis_stands_at_the_end() -> None:
    axis = DotAxis(0.0, 1.0, ((0.0, "0"), (1.0, "1")))
    (row,) = draw_dots([Dot("x", 2.0, -1.0, 3.0, "2")], axis).rows
    assert 'x1="0%" x2="100%"' in row.svg
    assert 'cx="100%"' in row.svg


def test_an_axis_of_shares_holds_the_highest() -> None:
    for highest in (0.001, 0.04, 0.05, 0.37, 0.61, 1.0):
        axis = share_axis(highest)
        assert axis.high >= highest
        assert axis.high <= max(2.5 * highest, 0.01)
