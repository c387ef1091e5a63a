"""What a piece of evidence says, in words made from its own columns, for the report. Never a name of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

Row = Mapping[str, object]


def say(kind: str, row: Row, zone: ZoneInfo) -> str:
    """One line for a canonical row; KeyError for a kind of evidence that has no words."""
    clauses = [clause for clause in SAYERS[kind](row, zone) if clause]
    return "; ".join(clauses) or "says nothing that is weighed"


def local_span(row: Row, column: str, zone: ZoneInfo) -> str:
    """A stated time on the wall clock of the case: `2017-04-02 19:20`, a span, a day, or nothing if unknown."""
    low, high = row.get(f"{column}_lo"), row.get(f"{column}_hi")
    if not isinstance(low, datetime) or not isinstance(high, datetime):
        return ""
    start, end = low.astimezone(zone), high.astimezone(zone)
    if not row.get(f"{column}_clock"):
        last = (end - timedelta(microseconds=1)).date() if end > start else end.date()
        return str(start.date()) if last == start.date() else f"{start.date()} to {last}"
    if start == end:
        return f"{start:%Y-%m-%d %H:%M}"
    return (
        f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}"
        if start.date() == end.date()
        else f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
    )


def _account(row: Row, zone: ZoneInfo) -> list[str]:
    cluster = "cluster munition" if row["cluster"] == "yes" else ""
    mode = ", ".join(_once(_texts(row["mode"], row["platform"], row["munition"], cluster)))
    party = _party(row["party"])
    basis = str(row["party_basis"] or "assumption").replace("_", " ")
    return [
        _join(row["perception"], _timed(row, zone)),
        mode,
        f"{party} ({basis})" if party else "",
        f"{row['strikes']} strikes" if row["strikes"] is not None else "",
        _range("killed", row["killed_min"], row["killed_max"]),
        _range("injured", row["injured_min"], row["injured_max"]),
    ]


def _sighting(row: Row, zone: ZoneInfo) -> list[str]:
    heading = f"heading {row['heading']}" if row["heading"] else ""
    return [_timed(row, zone), " ".join(_texts(row["platform"], row["activity"], heading)), str(row["place"] or "")]


def _transmission(row: Row, zone: ZoneInfo) -> list[str]:
    phrase = str(row["phrase"] or "").replace("_", " ")
    language = f"in {row['language']}" if row["language"] else ""
    frequency = f"{row['frequency_mhz']:g} MHz" if isinstance(row["frequency_mhz"], float) else ""
    return [_timed(row, zone), " ".join(_texts(phrase, language)), frequency]


def _media(row: Row, zone: ZoneInfo) -> list[str]:
    shows = row["shows"]
    seen = ", ".join(str(word).replace("_", " ") for word in shows) if isinstance(shows, list) else ""
    captured, uploaded = local_span(row, "captured_at", zone), local_span(row, "uploaded_at", zone)
    return [
        f"shows {seen}" if seen else "",
        f"captured {captured}" if captured else "",
        f"uploaded {uploaded}" if uploaded else "",
        f"link to the incident {row['link_status']}" if row["link_status"] else "",
    ]


def _imagery(row: Row, zone: ZoneInfo) -> list[str]:
    acquired = local_span(row, "acquired_at", zone)
    return [
        str(row["sensor"] or ""),
        f"scene of {acquired}" if acquired else "",
        f"damage at the facility: {row['damage']}" if row["damage"] else "no reading of damage",
    ]


def _munition(row: Row, zone: ZoneInfo) -> list[str]:  # noqa: ARG001  (one signature for all kinds)
    return [str(row["name"] or ""), str(row["basis"] or "")]


def _detection(row: Row, zone: ZoneInfo) -> list[str]:
    noticed = str(row["kind"] or "").replace("_", " ")
    value = f"value {row['value']:g}" if isinstance(row["value"], float) else ""
    return [
        " ".join(_texts(noticed, local_span(row, "time", zone))),
        value,
        f"confidence {row['confidence']}" if row["confidence"] else "",
    ]


SAYERS: dict[str, Callable[[Row, ZoneInfo], list[str]]] = {
    "account": _account,
    "sighting": _sighting,
    "transmission": _transmission,
    "media": _media,
    "imagery": _imagery,
    "munition": _munition,
    "detection": _detection,
}
"""Words for each kind that stands in a table; a flight is said through its sightings."""


def _timed(row: Row, zone: ZoneInfo) -> str:
    precision = str(row["time_precision"] or "").replace("_", " ")
    words = str(row["time_words"] or "")
    return " ".join(_texts(local_span(row, "time", zone), words, f"({precision})" if precision else ""))


def _party(party: object) -> str:
    text = str(party or "")
    return text.replace("+", " and ").replace(";", " or ")


def _range(word: str, low: object, high: object) -> str:
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"at least {low} {word}" if high is None else f"at most {high} {word}"
    return f"{low} {word}" if low == high else f"{low} to {high} {word}"


def _texts(*values: object) -> list[str]:
    return [str(value) for value in values if value]


def _once(texts: list[str]) -> list[str]:
    """Each once, whatever its letter case: a barrel bomb is the mode and the munition."""
    said: dict[str, str] = {}
    for text in texts:
        said.setdefault(text.strip().casefold(), text)
    return list(said.values())


def _join(first: object, second: str) -> str:
    return ", ".join(_texts(first, second))
