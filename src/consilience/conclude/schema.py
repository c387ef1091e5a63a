"""The published contract of findings.json, and the check that every findings file passes before it is written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

from consilience.errors import FindingsInvalid

TOLERANCE = 1e-9
"""Published probabilities sum to 1 within this (findings-format.md)."""

_UNEXPLAINED = "null without a reason in why_null"
_DISTRIBUTIONS = ("cause", "mode", "platform", "party")


def findings_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of findings.json, from package data; a new dict each time."""
    text = resources.files("consilience.conclude").joinpath("findings.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def validate(findings: Mapping[str, Any]) -> None:
    """Raise `FindingsInvalid` with the JSON path of the first thing that breaks the contract; else nothing.

    Beyond the schema: distributions sum to 1, intervals are in order, names stand in `party`, and each null has its
    reason in `why_null`.
    """
    errors = sorted(Draft202012Validator(findings_schema()).iter_errors(findings), key=lambda e: list(map(str, e.path)))
    if errors:
        raise FindingsInvalid(errors[0].message, where=errors[0].json_path)
    for index, incident in enumerate(findings["incidents"]):
        for path, message in _faults(incident):
            raise FindingsInvalid(message, where=f"$.incidents[{index}].{path}")
    outside = {name: value for name, value in findings.items() if name != "incidents"}
    for path in _unexplained(outside):
        raise FindingsInvalid(_UNEXPLAINED, where=f"$.{path}")


def _faults(incident: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _DISTRIBUTIONS:
        total = math.fsum(incident[name].values())
        if abs(total - 1.0) > TOLERANCE:
            yield name, f"probabilities sum to {total!r}, not 1"
    time = incident["time"]
    if not time["low"] <= time["median"] <= time["high"]:
        yield "time", "low, median and high are not in order"
    if incident["attack_probability"] != incident["cause"]["attack"]:
        yield "attack_probability", "differs from cause.attack"
    if strangers := set(incident["attribution"]["set"]) - set(incident["party"]):
        yield "attribution.set", f"names that are not parties: {', '.join(sorted(strangers))}"
    if math.fsum(track["responsibility"] for track in incident["tracks"]) > 1 + 1e-4:
        yield "tracks", "responsibilities exceed 1"
    if (placebo := incident["placebo"]) is not None and placebo["matches"] > placebo["shifts"]:
        yield "placebo", "more matches than shifts"
    yield from ((path, _UNEXPLAINED) for path in _unexplained(incident))


def _unexplained(block: Mapping[str, Any]) -> Iterator[str]:
    """Paths of nulls in a block for which its `why_null` names neither them nor a block that holds them."""
    for path in _nulls(block):
        parts = path.split(".")
        if not any(".".join(parts[:length]) in block["why_null"] for length in range(1, len(parts) + 1)):
            yield path


def _nulls(value: object, path: str = "") -> Iterator[str]:
    """Dotted paths of every null below a value, list positions as numbers."""
    if value is None:
        yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _nulls(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _nulls(inner, f"{path}.{position}")
