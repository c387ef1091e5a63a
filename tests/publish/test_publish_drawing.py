"""Clock, projection and labels: the arithmetic behind the pictures."""

from __future__ import annotations

import math
import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publish_example import at

from consilience.publish.clock_axis import axis_for
from consilience.publish.label_placing import Label, LabelField
from consilience.publish.local_time import LocalClock
from consilience.publish.projection import fit, graticule_lines, scale_bar_km
from consilience.publish.strip_rows import clock_times
from consilience.publish.svg import tag
from consilience.publish.timeline import Moment, draw_timeline
from consilience.quantities import great_circle_m
from consilience.records.views import Band

DAMASCUS = LocalClock(ZoneInfo("Asia/Damascus"))
MINUTES = st.floats(min_value=24_000_000, max_value=28_000_000)


@given(MINUTES, st.floats(0, 3000), st.floats(0, 3000))
def test_a_strip_holds_the_time_found_in_at_least_ninety_minutes(median: float, before: float, after: float) -> None:
    axis = axis_for(median - before, median, median + after, (), (None, None))
    assert axis.shows(median)
    assert 89.99 <= axis.end - axis.start <= 21 * 60


@given(MINUTES, st.floats(10, 900))
def test_ticks_are_few_in_order_and_on_the_picture(median: float, spread: float) -> None:
    ticks = axis_for(median - spread, median, median + spread, (), (None, None)).ticks(DAMASCUS)
    shares = [tick.minute for tick in ticks]
    assert 2 <= len(ticks) <= 8
    assert shares == sorted(shares)


def test_a_witness_half_a_day_off_does_not_flatten_the_strip() -> None:
    far = Band("A", "account", at(2, 4), at(2, 4), 15.0, "between")
    with_it = axis_for(at(2, 16), at(2, 16, 30), at(2, 17), (far,), (None, None))
    assert with_it == axis_for(at(2, 16), at(2, 16, 30), at(2, 17), (), (None, None))


def test_a_near_claim_widens_the_strip() -> None:
    near = Band("A", "account", at(2, 19), at(2, 19), 15.0, "between")
    assert axis_for(at(2, 16), at(2, 16, 30), at(2, 17), (near,), (None, None)).shows(near.lo)


def test_times_are_on_the_wall_clock_with_the_zone_s_history() -> None:
    assert DAMASCUS.full(at(2, 16, 28)) == "2 April 2017, 19:28"
    assert DAMASCUS.offset(at(2, 16, 28)) == "UTC+03:00"
    assert DAMASCUS.offset(at(2, 16, 28) - 60 * 1440) == "UTC+02:00"
    assert DAMASCUS.span(at(2, 20, 30), at(2, 21, 30)) == "23:30 on 2 Apr – 00:30 on 3 Apr"


@given(
    st.floats(33, 36.5), st.floats(35.8, 38), st.floats(33, 36.5), st.floats(35.8, 38),
)  # fmt: skip
def test_distances_on_the_map_agree_with_the_sphere(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    projection = fit([(lat1, lon1), (lat2, lon2)], width=400, least_height=300, most_height=460, margin_km=5)
    (x1, y1), (x2, y2) = projection.xy(lat1, lon1), projection.xy(lat2, lon2)
    on_paper = math.hypot(x1 - x2, y1 - y2) / projection.units_per_km
    truth = float(great_circle_m(lat1, lon1, lat2, lon2)) / 1000
    assert on_paper == pytest.approx(truth, rel=0.012, abs=0.01)
    assert projection.holds(lat1, lon1)
    assert projection.holds(lat2, lon2)


def test_the_scale_bar_is_round_and_fits() -> None:
    projection = fit([(35.0, 36.0), (36.0, 37.0)], width=400, least_height=300, most_height=460, margin_km=5)
    km = scale_bar_km(projection)
    assert km in (10, 20)
    assert km * projection.units_per_km <= 0.3 * 400


def test_graticule_lines_are_round_degrees_within_the_sheet() -> None:
    assert graticule_lines(35.31, 36.24) == [35.5, 35.75, 36.0]


@given(
    st.lists(st.tuples(st.text("abcdef", min_size=1, max_size=14), st.floats(0, 400), st.floats(0, 300)), max_size=25)
)
def test_names_never_cover_each_other_nor_leave_the_sheet(wanted: list[tuple[str, float, float]]) -> None:
    field = LabelField(400, 300)
    placed = [label for text, x, y in wanted if (label := field.place(text, x, y, 10, 5))]
    boxes = [_box(label) for label in placed]
    for index, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= 400
        for other in boxes[index + 1 :]:
            assert one[2] <= other[0] or one[0] >= other[2] or one[3] <= other[1] or one[1] >= other[3]


def _box(label: Label) -> tuple[float, float, float, float]:
    wide = len(label.text) * 5.6
    left = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
    return left + 1e-6, label.y - 8.5 + 1e-6, left + wide - 1e-6, label.y + 2.5 - 1e-6


def test_svg_text_and_attributes_are_escaped() -> None:
    drawn = tag("text", "<script>&", class_='"><script>', x=1.25)
    assert drawn == '<text class="&#34;&gt;&lt;script&gt;" x="1.2">&lt;script&gt;&amp;</text>'


def test_a_timeline_of_two_hundred_on_one_day_stays_on_the_page() -> None:
    moments = [Moment(n, "t", f"i-{n}", date(2017, 4, 2), "air strike") for n in range(200)]
    drawn = draw_timeline(moments)
    assert drawn is not None
    assert drawn.count("<a ") == 200
    height = int(drawn.split(' height="')[1].split('"')[0])
    assert height < 1300


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        (date(2017, 4, 28), ["Apr 2017", "10", "15", "20", "25"]),
        (date(2017, 5, 25), ["Apr 2017", "15", "May 2017", "15"]),
        (date(2018, 1, 20), ["May", "Jul", "Sep", "Nov", "Jan 2018"]),
        (date(2029, 1, 20), ["2018", "2020", "2022", "2024", "2026", "2028"]),
    ],
)
def test_a_timeline_of_days_or_of_years_has_labels_that_fit_on_a_telephone(last: date, labels: list[str]) -> None:
    drawn = draw_timeline([Moment(1, "t", "i-1", date(2017, 4, 2), "air strike"), Moment(2, "u", "i-2", last, "")])
    assert re.findall(r'class="clock"[^>]*>([^<]+)<', str(drawn)) == labels


def test_each_mode_has_a_shape_of_its_own_on_the_timeline() -> None:
    modes = ("air strike", "barrel bomb", "ground attack", "ballistic missile")
    shapes = set()
    for mode in modes:
        drawn = draw_timeline([Moment(1, "t", "i-1", date(2017, 4, 2), mode)])
        assert drawn is not None
        shapes.add(drawn.split('d="')[1].split('"')[0])
    assert len(shapes) == len(modes)


def test_clock_times_are_those_of_claims_nearest_first_with_the_day_where_it_is_another() -> None:
    found = at(2, 16, 22)
    bands = [
        Band("A1", "account", at(2, 17, 30), at(2, 17, 30), 15.0, "between"),
        Band("A2", "account", at(2, 16, 10), at(2, 16, 20), 15.0, "between"),
        Band("A3", "account", at(1, 21), at(2, 21), 0.0, "between"),
        Band("A4", "account", at(3, 16, 20), at(3, 16, 20), 4.0, "between"),
        Band("M1", "media", at(2, 18), at(2, 18), 0.0, "before"),
        Band("T1", "track", at(2, 16, 20), at(2, 16, 30), 4.0, "between"),
        Band("R1", "transmission", at(2, 16, 21), at(2, 16, 21), 4.0, "between"),
    ]
    said = (("A2", "19:10–19:20"), ("A1", "20:30"), ("A4", "19:20, 3 Apr"))
    assert clock_times(bands, found, DAMASCUS) == said
