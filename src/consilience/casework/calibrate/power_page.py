"""The report of a measure of power: one plain sentence for each party, the figures, and what they assume."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from consilience.casework.calibrate.attributed import OPEN, RIGHT, WRONG
from consilience.publish.svg import picture, tag

REPORT = "report.html"
WORDS = {RIGHT: "named right", WRONG: "named wrong", OPEN: "left open"}

NO_LOG = (
    "This case declares no whole log of sightings: nothing says when silence would count, so the log can't add "
    "anything to an attack here, and the figures are what accounts alone would give."
)


def with_sentences(found: Mapping[str, Any]) -> dict[str, Any]:
    """The figures with a `sentence` for each party, and `assumes`: what all of them stand on."""
    parties = {party: dict(of) | {"sentence": _sentence(found, of)} for party, of in found["parties"].items()}
    return {**found, "parties": parties, "assumes": _assumes(found)}


def _sentence(found: Mapping[str, Any], of: Mapping[str, Any]) -> str:
    """One party's power in words."""
    inside, outside = of["inside"], of["outside"]
    if inside is None:
        return f"An attack by {of['label']} would be {_outcomes(outside)}, by accounts alone."
    told = f"An attack by {of['label']} under the declared log would be {_outcomes(inside)}"
    if outside is None:
        return f"{told}; the log covers the whole period."
    share = percent(found["covered_share"])
    return (
        f"{told}; outside it, {_outcomes(outside)}. The log covers {share} of the period at the case's places, so over "
        f"all of it an attack would be named right {_with_interval(of['whole_period'][RIGHT])} of the time."
    )


def _outcomes(one: Mapping[str, Any]) -> str:
    return (
        f"attributed right {_with_interval(one[RIGHT])} of the time, wrong {_with_interval(one[WRONG])}, and left open "
        f"{_with_interval(one[OPEN])}"
    )


def _with_interval(figure: Mapping[str, Any]) -> str:
    low, high = (percent(figure[end]).removesuffix(" %") for end in ("low", "high"))
    return f"{percent(figure['value'])} ({low} to {high})"


def percent(value: float | None) -> str:
    """A share as a percentage without decimals, with one below 10 %; "nothing" where there is none."""
    if value is None:
        return "nothing"
    return f"{100 * value:.0f} %" if value >= 0.1 or value == 0 else f"{100 * value:.1f} %"


def _assumes(found: Mapping[str, Any]) -> list[str]:
    """Everything on which the figures stand, in sentences."""
    model = found["model"]
    first = (
        "The log model is right: that an attacking flight is logged with chance "
        f"{percent(model['detection'])}, its pass {_minutes(model['lead_minutes'])} the impact give or take "
        f"{model['spread_minutes']:.0f} minutes, by the words that this log's flights of its type and party are "
        "taken to bear. Where the model errs, so does this page."
    )
    return [
        *([first] if found["has_log"] else []),
        "The log was honest: nothing in it was planted, and its declared coverage is true.",
        "People would tell of the attack as they told of the case's own incidents: as many, as exactly, of as much; "
        "with the errors that the named assumptions have.",
        "There would be no film, scene or remnant of it. What the case's own attacks have of these would add to it.",
        "A party's modes stand in proportion to the order of battle's shares, its types within them too; attacks fall "
        "evenly over the period's minutes and the places of the case's incidents.",
        "One attack at a time: the attacker's model stays as it was fitted to the case, and no attack meets another.",
        "A set is named as a run would name it: widened where it does not survive the range of each assumption, in "
        "cases of up to 500 incidents.",
    ]


def _minutes(lead: float) -> str:
    return f"{abs(lead):.0f} minutes {'before' if lead < 0 else 'after'}"


def lines_of_power(found: Mapping[str, Any]) -> list[str]:
    """What a terminal is told."""
    told = [] if found["has_log"] else [NO_LOG]
    told += [of["sentence"] for of in found["parties"].values()]
    return [*told, "All of this assumes that the log model is right; the report says what else."]


def render_power(found: Mapping[str, Any]) -> str:
    """The page as text; the same text for the same figures."""
    environment = Environment(
        loader=PackageLoader("consilience.casework.calibrate"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("power.html.j2").render(
        found=found, words=WORDS, outcomes=tuple(WORDS), percent=percent, bar=_bar, no_log=NO_LOG
    )


def _bar(one: Mapping[str, Any]) -> Markup:
    """The three shares side by side."""
    shares = {key: float(one[key]["value"] or 0.0) for key in WORDS}
    told = ", ".join(f"{WORDS[key]} {percent(share)}" for key, share in shares.items())
    parts, left = [], 0.0
    for key, share in shares.items():
        parts.append(tag("rect", x=left, y=0.0, width=200.0 * share, height=20.0, class_=key))
        left += 200.0 * share
    return picture("Shares", told, parts, view_box="0 0 200 20", class_="shares", preserveAspectRatio="none")
