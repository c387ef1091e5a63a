"""The log model as the bytes of log-model.json and back: what is kept, written, and frozen by its digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from consilience.records.fitted_model import (
    INTERVAL,
    CallClass,
    ExchangeKind,
    Fitted,
    FittedModel,
    FittedRadio,
    FittedSky,
    FleetShare,
    HeardParty,
    HourOfDay,
    PassKind,
    Rate,
    SiteRates,
)

SCHEMA: Final = "consilience.log-model/1"

DECIMALS = 6
"""As for probabilities in the findings: finer than anything here is known, the same on every machine."""

_WHY_NULL = {
    "sky": "no log of sightings is declared whole",
    "radio": "no log of transmissions is declared whole",
    "sky.passes": "the place of no incident was watched, so that nobody knows how often flights pass there",
}


def to_bytes(model: FittedModel, case_id: str) -> bytes:
    """The content of log-model.json (findings-format.md), numbers with `DECIMALS` decimals."""
    content = {"schema": SCHEMA, "case_id": case_id, "level": INTERVAL, **_rounded(asdict(model))}
    missing = [name for name in ("sky", "radio") if content[name] is None]
    if model.sky is not None and any(kind.background is None for kind in model.sky.passes):
        missing.append("sky.passes")
    content["why_null"] = {name: _WHY_NULL[name] for name in missing}
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def from_bytes(data: bytes) -> FittedModel:
    """The record that `to_bytes` wrote, numbers as rounded there."""
    content = json.loads(data)
    sky, radio = content["sky"], content["radio"]
    return FittedModel(None if sky is None else _sky(sky), None if radio is None else _radio(radio))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def _sky(data: Mapping[str, Any]) -> FittedSky:
    made: dict[str, Any] = {
        name: Fitted(**data[name]) for name in ("detection", "lead", "spread", "type_right", "operator_right")
    }
    made["passes"] = tuple(
        PassKind(**one | {"attacker": Fitted(**one["attacker"]), "background": _rate(one["background"])})
        for one in data["passes"]
    )
    made["fleet"] = tuple(FleetShare(**one | {"share": Fitted(**one["share"])}) for one in data["fleet"])
    made["hours"] = tuple(HourOfDay(**one | {"activity": Fitted(**one["activity"])}) for one in data["hours"])
    made["sites"] = tuple(_site(one) for one in data["sites"])
    return FittedSky(**{**data, **made})


def _site(data: Mapping[str, Any]) -> SiteRates:
    made: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return SiteRates(**made)


def _rate(data: Mapping[str, Any] | None) -> Rate | None:
    return None if data is None else Rate(**data)


def _radio(data: Mapping[str, Any]) -> FittedRadio:
    made = {
        "heard": tuple(HeardParty(one["party"], Fitted(**one["heard"])) for one in data["heard"]),
        "kinds": tuple(
            ExchangeKind(**one | {"attack": Fitted(**one["attack"]), "background": Rate(**one["background"])})
            for one in data["kinds"]
        ),
        "classes": tuple(
            CallClass(one["said"], Fitted(**one["lead"]), Fitted(**one["spread"])) for one in data["classes"]
        ),
    }
    return FittedRadio(**{**data, **made})
