"""The wider context: what the case's `context` table says, beside the attacks and never an input to anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from consilience.publish.document import Block as DocumentBlock
from consilience.publish.document import Grid, Paragraph, Picture, Sentence
from consilience.publish.statements.admitted import Row, last_day, local_day
from consilience.publish.statements.evidence_words import stated_by
from consilience.publish.statements.frame import Frame, paragraph
from consilience.publish.statements.standalone import Sheet
from consilience.records.tables import CONTEXT_KINDS

_WIDTH, _SIDE, _ROW, _ATTACKS = 660.0, 8.0, 30.0, 84.0


@dataclass(frozen=True, slots=True)
class Stated:
    """A row of the table: its key, kind, local days, area, figures, words, and who says so."""

    context_id: str
    kind: str | None
    first: date | None
    last: date | None
    area: str | None
    low: float | None
    high: float | None
    what: str | None
    said_by: str

    @property
    def support(self) -> str:
        """Its name in a `support`."""
        return f"context/{self.context_id}"


def context_chapter(frame: Frame) -> tuple[DocumentBlock, ...]:
    """The chapter; nothing where the table has no row of a source who agreed to this use, or was never asked."""
    told = ((key, row) for key, row in frame.case.rows["context"].items() if not row.get("withheld"))
    rows = sorted((_stated(frame, key, row) for key, row in told), key=_order)
    if not rows:
        return ()
    names = [row.support for row in rows]
    picture = _picture(frame, rows)
    return (
        frame.heading(1, "context"),
        *paragraph(frame.say("context/never_an_input", "context_never_an_input", ("method",))),
        *(() if picture is None else (Picture(picture, frame.words.label("picture_context"), frame.say(
            "context/picture", "picture_context", [*names, *_days_rest_on(frame)])),)),
        *(Paragraph(tuple(_sentences(frame, row))) for row in rows),
        *_disagreements(frame, rows),
    )  # fmt: skip


def _days_rest_on(frame: Frame) -> tuple[str, ...]:
    """The picture counts incidents by the month in which each was found to be, or is alleged to have been."""
    counted = frame.case.profile.shows_posterior
    return frame.each("time", (block for block, _ in frame.blocks)) if counted else ("incidents",)


def _order(row: Stated) -> tuple[int, date, date, str]:
    kind = CONTEXT_KINDS.index(row.kind) if row.kind in CONTEXT_KINDS else len(CONTEXT_KINDS)
    return kind, row.first or date.min, row.last or date.max, row.context_id


def _stated(frame: Frame, key: str, row: Row) -> Stated:
    settings = frame.case.settings
    first, last = row["from_lo"], row["to_hi"]
    return Stated(
        key,
        row["kind"],
        None if first is None else first.astimezone(settings.zone).date(),
        None if last is None else last_day(last, settings),
        row["area"],
        row["value_min"],
        row["value_max"],
        row["what"],
        stated_by(frame, row),
    )


def _sentences(frame: Frame, row: Stated) -> Iterable[Sentence]:
    """What is stated with its figures as a range and who says so; that it reaches past as_of, where it does."""
    words, as_of = frame.words, frame.case.settings.as_of
    figures = "" if row.low is None and row.high is None else words.span_of(row.low, row.high)
    text = words.say(
        "context_row" if figures else "context_row_without_figures",
        kind=words.word("context_kind", row.kind) if row.kind else words.label("not_known"),
        when=_when(frame, row), where=words.word("area", row.area) if row.area else words.label("not_known"),
        figures=figures, what=words.foreign(row.what or ""),
        said_by=row.said_by or words.label("nobody_named"),
    )  # fmt: skip
    flags = () if row.said_by else (words.label("flag_no_source"),)
    yield replace(frame.sentence(row.support, text, (row.support,), flags), is_free=True)
    if as_of is not None and row.last is not None and row.last > as_of:
        late = words.say("context_after_as_of", date=words.day(row.last), as_of=words.day(as_of))
        yield frame.sentence(f"{row.support}/after_as_of", late, (row.support, "case"))


def _when(frame: Frame, row: Stated) -> str:
    words = frame.words
    if row.first is None or row.last is None:
        known = row.first or row.last
        return words.label("not_known") if known is None else words.day(known)
    return words.days(row.first, row.last)


def _disagreements(frame: Frame, rows: Sequence[Stated]) -> Iterable[DocumentBlock]:
    """Figures of one kind and area whose spans overlap and whose ranges don't, side by side."""
    given = [row for row in rows if row.low is not None or row.high is not None]
    for kind, area in sorted({(row.kind or "", row.area or "") for row in given}):
        alike = [row for row in given if (row.kind or "", row.area or "") == (kind, area)]
        apart = [row for row in alike if any(_disagree(row, other) for other in alike)]
        if apart:
            words = frame.words
            yield Grid(
                frame.say(f"context/disagree/{kind}/{area}", "context_disagree", [row.support for row in apart],
                          kind=words.word("context_kind", kind), where=words.word("area", area)),
                (words.label("column_when"), words.label("column_figures"), words.label("column_said_by")),
                tuple(
                    (_when(frame, row), words.span_of(row.low, row.high), row.said_by)
                    for row in apart
                ),
                numeric=(1,),
            )  # fmt: skip


def _disagree(one: Stated, other: Stated) -> bool:
    """Do they speak of overlapping days, and exclude each other's numbers?"""
    days = (one.first or date.min) <= (other.last or date.max) and (other.first or date.min) <= (one.last or date.max)
    return days and (_above(one, other) or _above(other, one))


def _above(one: Stated, other: Stated) -> bool:
    return one.low is not None and other.high is not None and one.low > other.high


def _picture(frame: Frame, rows: Sequence[Stated]) -> str | None:
    """Incidents by month above, and below them each row of the table as a bar from its first to its last day."""
    days = [day for block, one in frame.blocks if (day := local_day(block, one, frame.case.settings))]
    shown = [row for row in rows if row.first and row.last]
    if not days or not shown:
        return None
    start, end = _month_start(min(days)), max(days)
    reaching = [row.last for row in shown if row.last and row.first and row.first <= end]
    end = max([end, *reaching])
    axis = _Axis(start, end)
    sheet = Sheet(_WIDTH, _ATTACKS + 26 + _ROW * len(shown) + 6, frame.words)
    _attacks(sheet, axis, days)
    for at, row in enumerate(shown):
        _span(frame, sheet, axis, row, _ATTACKS + 26 + at * _ROW)
    return sheet.svg(frame.words.label("picture_context"))


@dataclass(frozen=True, slots=True)
class _Axis:
    start: date
    end: date

    def x(self, day: date) -> float:
        """Held within the picture: a span that began long before runs in from the edge."""
        share = (day - self.start).days / max(1, (self.end - self.start).days + 1)
        return _SIDE + min(1.0, max(0.0, share)) * (_WIDTH - 2 * _SIDE)

    def months(self) -> list[date]:
        """The first days of its months."""
        firsts, at = [], self.start
        while at <= self.end:
            firsts.append(at)
            at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
        return firsts


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _attacks(sheet: Sheet, axis: _Axis, days: Sequence[date]) -> None:
    months = axis.months()
    often = [sum(_month_start(day) == month for day in days) for month in months]
    every = -(-len(months) // 12)
    for at, (month, count) in enumerate(zip(months, often, strict=True)):
        x, right = axis.x(month), axis.x(months[at + 1]) if at + 1 < len(months) else _WIDTH - _SIDE
        tall = (_ATTACKS - 34) * count / max(often)
        sheet.rect(x + 1, _ATTACKS - tall, right - x - 2, tall, "f-soft")
        if count:
            sheet.text(f"{count:,}", (x + right) / 2, _ATTACKS - tall - 4, "middle", "t-strong")
        if at % every == 0:
            sheet.text(sheet.words.short_month(month.month), (x + right) / 2, _ATTACKS + 13, "middle")
            if month.month == 1 or at == 0:
                sheet.text(str(month.year), (x + right) / 2, _ATTACKS + 24, "middle", "t-small")
    sheet.line(_SIDE, _ATTACKS, _WIDTH - _SIDE, _ATTACKS, "firm")
    sheet.text(sheet.words.label("attacks_by_month"), _SIDE, 12, look="t-strong")


def _span(frame: Frame, sheet: Sheet, axis: _Axis, row: Stated, top: float) -> None:
    if row.first is None or row.last is None:
        return
    words, look = frame.words, "c-" + (row.kind or "not known").replace("_", "-").replace(" ", "-")
    figures = "" if row.low is None and row.high is None else words.span_of(row.low, row.high)
    kind = words.word("context_kind", row.kind) if row.kind else words.label("not_known")
    name = words.label("colon").join(filter(None, (kind, figures)))
    began = axis.x(row.first)
    sheet.rect(began, top + 18, max(2.0, axis.x(row.last) - began), 6, look)
    beyond = began > 0.55 * _WIDTH
    sheet.text(name, axis.x(row.last) if beyond else began, top + 14, "end" if beyond else "start", look)
