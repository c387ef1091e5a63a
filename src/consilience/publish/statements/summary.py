"""The first page: the totals, what the report is, where and when, and by month, mode and party; then tables of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consilience.publish.anchors import of_incident
from consilience.publish.document import Block as DocumentBlock
from consilience.publish.document import Paragraph, Picture, Sentence
from consilience.publish.overview_map import Pin, draw_overview_map
from consilience.publish.statements.admitted import local_day
from consilience.publish.statements.calendar_picture import draw_calendar
from consilience.publish.statements.casualty_sentences import killed_grid
from consilience.publish.statements.counting import counted_wording, total_grids, total_sentences, wording_of_key
from consilience.publish.statements.frame import CASE, METHOD, MOST_NAMED, Frame, paragraph
from consilience.publish.statements.month_chart import Attack, draw_month_chart
from consilience.publish.statements.standalone import standing
from consilience.publish.town_names import Town
from consilience.records.counting import NOT_ESTABLISHED, counted_mode, is_established

_MAP_WIDTH = 430.0
"""Half a page, on which names of 13 pixels are 7 points high."""


def summary_chapter(frame: Frame, towns: Sequence[Town]) -> tuple[DocumentBlock, ...]:
    """A page: sentences with the totals, a map, a calendar and a chart beside it."""
    counted = frame.case.profile.shows_posterior
    return (
        frame.heading(1, "summary"),
        *(total_sentences(frame) if counted else _examined(frame)),
        *paragraph(*_what_it_is(frame)),
        *_map(frame, towns),
        *_calendar(frame),
        *(_chart(frame) if counted else ()),
    )


def totals_chapter(frame: Frame) -> tuple[DocumentBlock, ...]:
    """The totals as tables; nothing where the profile shows none."""
    if not frame.case.profile.shows_posterior:
        return ()
    return (frame.heading(1, "totals_tables"), *total_grids(frame), *killed_grid(frame))


def _what_it_is(frame: Frame) -> Iterator[Sentence]:
    words, settings = frame.words, frame.case.settings
    if settings.period_start and settings.period_end:
        period = words.days(settings.period_start, settings.period_end)
        yield frame.say("summary/period", "period", (CASE,), period=period, zone=words.foreign(settings.time_zone))
    if settings.as_of:
        yield frame.say("summary/as_of", "as_of", (CASE,), date=words.day(settings.as_of))
    else:
        yield frame.sentence("summary/as_of", words.say("no_as_of"), (CASE,), (words.label("flag_no_as_of"),))
    level = words.percent(settings.attribution_level)
    if frame.case.profile.shows_posterior:
        yield frame.say("summary/standard", "standard", (CASE, METHOD), level=level)
    else:
        yield frame.say("summary/no_posterior", "no_posterior", (METHOD,))


def _examined(frame: Frame) -> tuple[Paragraph, ...]:
    count = frame.words.count("incidents", len(frame.blocks))
    return paragraph(frame.say("totals/incidents", "examined", ("incidents",), incidents=count))


def _map(frame: Frame, towns: Sequence[Town]) -> tuple[Picture, ...]:
    pins = [
        Pin(number, "", of_incident(block["incident_id"]), tuple((site.lat, site.lon) for site in one.sites))
        for number, (block, one) in enumerate(frame.blocks, 1)
    ]
    drawing = draw_overview_map(pins, towns, _MAP_WIDTH)
    if drawing is None:
        return ()
    placed = sum(bool(pin.sites) for pin in pins)
    places = sorted({f"facilities/{block['facility_id']}" for block, _ in frame.blocks if block["facility_id"]})
    support = places if 0 < len(places) <= MOST_NAMED else ["incidents"]
    svg = standing(drawing, frame.words, frame.words.label("picture_map"))
    caption = frame.sentence("summary/map", frame.words.count("map_of", placed, of=f"{len(pins):,}"), support)
    return (Picture(svg, frame.words.label("picture_map"), caption),)


def _calendar(frame: Frame) -> tuple[Picture, ...]:
    days = [day for block, one in frame.blocks if (day := local_day(block, one, frame.case.settings))]
    svg = draw_calendar(days, frame.words)
    if svg is None:
        return ()
    counted = frame.case.profile.shows_posterior
    blocks = [block for block, _ in frame.blocks]
    support = frame.each("time", blocks) if counted else ("incidents",)
    key = "picture_calendar" if counted else "picture_calendar_alleged"
    return (Picture(svg, frame.words.label("picture_calendar"), frame.say("summary/calendar", key, support), True),)


def _chart(frame: Frame) -> tuple[Picture, ...]:
    words = frame.words
    established = [block for block, _ in frame.blocks if is_established(block)]
    attacks = [
        Attack(
            words.month_of(block["time"]["median"]),
            counted_mode(block),
            wording_of_key(frame, counted_wording(block)),
        )
        for block in established
    ]
    order = [
        wording_of_key(frame, key) for key in frame.case.findings["totals"]["by_attribution"] if key != NOT_ESTABLISHED
    ]
    svg = draw_month_chart(attacks, order, words)
    if svg is None:
        return ()
    support = ("totals/by_month", "totals/by_mode", "totals/by_attribution")
    return (Picture(svg, words.label("picture_chart"), frame.say("summary/chart", "picture_chart", support), True),)
