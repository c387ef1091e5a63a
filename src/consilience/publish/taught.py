"""The report's section "What the logs taught": each part of the fitted model in one sentence and one picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from consilience.publish.dot_rows import Dot, DotAxis, DotTable, draw_dots, share_axis
from consilience.publish.likelihood_words import percent
from consilience.publish.log_model_charts import draw_hours, draw_lead
from consilience.records.fitted_model import (
    CallClass,
    ExchangeKind,
    Fitted,
    FittedModel,
    FittedRadio,
    FittedSky,
    FleetShare,
    PassKind,
)

WORTH_A_ROW = 0.01
"""A share is drawn where it, or what it is compared with, is at least this; a fleet has fifty rows (our choice)."""

MOST_ROWS = 12
"""The largest of them are drawn; how many are not, and what they sum to, is said (our choice, half a screen)."""

WHOLE = share_axis(1.0)


@dataclass(frozen=True, slots=True)
class Chart:
    """A heading, one plain sentence, how to read the picture, and the picture: rows or a drawing."""

    name: str
    sentence: str
    legend: str
    rows: DotTable | None = None
    drawing: Markup | None = None


def taught_charts(model: FittedModel | None) -> tuple[Chart, ...]:
    """The charts in the order in which a reader needs them; none where no log is whole."""
    if model is None:
        return ()
    charts = [_chances(model)]
    if model.sky is not None:
        charts += [_lead(model.sky), _passes(model.sky), _fleet(model.sky), _hours(model.sky)]
    if model.radio is not None:
        charts += [_exchanges(model.radio), _classes(model.radio)]
    return tuple(charts)


def _chances(model: FittedModel) -> Chart:
    named: list[tuple[str, Fitted]] = []
    sentences = []
    if model.sky is not None:
        named = [
            ("An attacking flight is in the log", model.sky.detection),
            ("A type named in the log is right", model.sky.type_right),
            ("An operator named in the log is right", model.sky.operator_right),
        ]
        sentences.append(
            f"Of a hundred flights that attack while the log is whole, it holds about "
            f"{100 * model.sky.detection.value:.0f}."
        )
    if model.radio is not None:
        named += [(f"An attack is heard: {one.party}", one.heard) for one in model.radio.heard]
        sentences.append(f"The radio log holds {model.radio.exchanges:,} exchanges of calls.")
    dots = [Dot(name, one.value, one.low, one.high, _from_so_many(one), beside=one.drawn_to) for name, one in named]
    return Chart(
        "How much the logs miss", " ".join(sentences), "Dot: fitted, with its 95 % interval. Ring: assumed beforehand.",
        draw_dots(dots, WHOLE),
    )  # fmt: skip


def _from_so_many(one: Fitted) -> str:
    """ "67 % (48–82), 8 seen": how many observations stand against what was assumed."""
    return f"{percent(one.value)} ({100 * one.low:.0f}–{100 * one.high:.0f}), {one.observed:,.0f} seen"


def _lead(sky: FittedSky) -> Chart:
    late = sky.lead.value
    side = "after" if late > 0 else "before"
    return Chart(
        "When an attacker passes",
        f"The middle of an attacker’s pass lies {abs(late):.1f} minutes {side} the impact on average, "
        f"give or take {sky.spread.value:.1f} ({sky.spread.low:.1f}–{sky.spread.high:.1f}).",
        "Area: as fitted. Dashed: as assumed beforehand. Shaded: the 95 % interval of the mean.",
        drawing=draw_lead(sky),
    )


def _passes(sky: FittedSky) -> Chart:
    total = sum(kind.background.per_day for kind in sky.passes if kind.background is not None)
    common = {id(kind): kind.background.per_day / total for kind in sky.passes if kind.background is not None}
    dots = [
        Dot(_pass_words(kind), one.value, one.low, one.high, _against(one, common.get(id(kind))), common.get(id(kind)))
        for kind in sky.passes
        if max((one := kind.attacker).value, common.get(id(kind), 0.0)) >= WORTH_A_ROW
    ]
    first = max(sky.passes, key=lambda kind: kind.attacker.value)
    others = f", as do {percent(common[id(first)])} of all passes" if id(first) in common else ""
    return Chart(
        "How an attacker passes",
        f"{percent(first.attacker.value)} of attackers are logged like this: {_pass_words(first)}{others}.",
        "Dot: share of attackers, with its 95 % interval. Ring: share of all passes by the places of the incidents. "
        "What is rare among all and common among attackers speaks for a flight.",
        draw_dots(dots, share_axis(max(max(dot.high, dot.beside or 0.0) for dot in dots))),
    )


def _against(one: Fitted, common: float | None) -> str:
    return percent(one.value) if common is None else f"{percent(one.value)}, all {percent(common)}"


def _pass_words(kind: PassKind) -> str:
    """ "circles 0–2 km off"; "passes 8–15 km off, circles elsewhere"."""
    verb = "circles" if kind.loiters else "passes"
    more = ", more elsewhere" if kind.loiters else ", circles elsewhere"
    return f"{verb} {kind.from_km:.0f}–{kind.to_km:.0f} km off" + (more if kind.elsewhere else "")


def _fleet(sky: FittedSky) -> Chart:
    ordered = sorted(sky.fleet, key=lambda one: (-one.share.value, one.platform, one.party))
    worth = [one for one in ordered if max(one.share.value, one.share.drawn_to) >= WORTH_A_ROW][:MOST_ROWS]
    rest = [one for one in ordered if one not in worth]
    dots = [
        Dot(
            f"{one.platform}, {one.party}", one.share.value, one.share.low, one.share.high,
            f"{percent(one.share.value)}, listed {percent(one.share.drawn_to)}", one.share.drawn_to,
        )
        for one in worth
    ]  # fmt: skip
    left = f" Not drawn: {len(rest)} more, together {percent(sum(one.share.value for one in rest))}." if rest else ""
    return Chart(
        "Who flies",
        _fleet_sentence(sky.flights, ordered),
        "Dot: share of the log’s flights, with its 95 % interval. Ring: share in the order of battle." + left,
        draw_dots(dots, share_axis(max((max(dot.high, dot.beside or 0.0) for dot in dots), default=1.0))),
    )


def _fleet_sentence(flights: int, ordered: list[FleetShare]) -> str:
    parties: dict[str, float] = {}
    for one in ordered:
        parties[one.party] = parties.get(one.party, 0.0) + one.share.value
    told = ", ".join(f"{party} {percent(share)}" for party, share in sorted(parties.items(), key=lambda p: (-p[1], p)))
    return (
        f"The words on {flights:,} flights say who flew them: {told}." if told else f"{flights:,} flights were joined."
    )


def _hours(sky: FittedSky) -> Chart:
    seen = [hour for hour in sky.hours if hour.watched_hours > 0]
    busiest = max(seen, key=lambda hour: (hour.activity.value, -hour.hour), default=None)
    sentence = f"{sky.sightings:,} sightings were written in {sky.watched_hours:,.0f} watched hours"
    if busiest is not None:
        flights = busiest.activity.value * sky.flights_per_hour
        sentence += (
            f"; the sky was busiest from {busiest.hour:02d}:00 on, with {flights:.1f} flights an hour "
            f"against {sky.flights_per_hour:.1f} on average"
        )
    return Chart(
        "When flights were logged",
        sentence + ".",
        "Bar: flights that began in that hour of the day for each hour watched, with its 95 % interval. Dashed: the "
        "mean. Hatched: hours in which nobody watched.",
        drawing=draw_hours(sky),
    )


def _exchanges(radio: FittedRadio) -> Chart:
    total = sum(kind.background.per_day for kind in radio.kinds)
    dots = [
        Dot(
            _exchange_words(kind), kind.attack.value, kind.attack.low, kind.attack.high,
            f"{percent(kind.attack.value)}, all {percent(kind.background.per_day / total)}",
            kind.background.per_day / total,
        )
        for kind in radio.kinds
        if max(kind.attack.value, kind.background.per_day / total) >= WORTH_A_ROW
    ]  # fmt: skip
    first = max(radio.kinds, key=lambda kind: kind.attack.value)
    return Chart(
        "What is said in an attack",
        f"{percent(first.attack.value)} of the exchanges of attacks are of this kind: {_exchange_words(first)}.",
        "Dot: share of attacks’ exchanges, with its 95 % interval. Ring: share of all exchanges of the log.",
        draw_dots(dots, share_axis(max(max(dot.high, dot.beside or 0.0) for dot in dots))),
    )


def _exchange_words(kind: ExchangeKind) -> str:
    return f"{kind.said}, {'with' if kind.placed else 'no'} coordinates" if kind.said != "coordinates" else (
        "coordinates alone" if kind.placed else "coordinates asked for, none given"
    )  # fmt: skip


def _classes(radio: FittedRadio) -> Chart:
    dots = [
        Dot(
            one.said.replace("_", " "), one.lead.value, one.lead.low, one.lead.high,
            f"{_minutes(one.lead.value)} ± {one.spread.value:.1f} min",
            one.lead.drawn_to, (one.lead.value - one.spread.value, one.lead.value + one.spread.value),
        )
        for one in radio.classes
    ]  # fmt: skip
    return Chart(
        "When calls come",
        _class_sentence(radio.classes),
        "Dot: mean time after the impact, with its 95 % interval. Pale bar: one standard deviation. Ring: assumed "
        "beforehand.",
        draw_dots(dots, _minute_axis(dots)),
    )


def _class_sentence(classes: Iterable[CallClass]) -> str:
    last = max(classes, key=lambda one: (one.lead.value, one.said))
    side = "after" if last.lead.value > 0 else "before"
    return f"The last to come is {last.said.replace('_', ' ')}: {abs(last.lead.value):.1f} minutes {side} the impact."


def _minute_axis(dots: Iterable[Dot]) -> DotAxis:
    """Multiples of five minutes that hold every dot and its reach, and the impact."""
    ends = [end for dot in dots for end in (dot.low, dot.high, *(dot.reach or ()), 0.0)]
    low, high = 5 * int(min(ends) // 5), -5 * int(-max(ends) // 5)
    step = 5 if high - low <= 10 else 10 if high - low <= 30 else 30
    ticks = [m for m in range(low, high + 1) if m % step == 0]
    return DotAxis(low, high, tuple((float(m), _minutes(m) if m else "impact") for m in ticks))


def _minutes(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−") if value == int(value) else f"{value:+.1f}".replace("-", "−")
