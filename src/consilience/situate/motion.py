"""How an aircraft moves: a switching linear filter that says how well a sighting follows what a flight did before.

Two ways of flying, as spotters tell them apart:

- *transit*: the velocity along each axis is an Ornstein-Uhlenbeck process (Uhlenbeck & Ornstein 1930) with the
  effective speed of the pace as its root mean square and `track_turn_min` as its memory; a heading written is a
  measurement of the velocity;
- *loiter*: the aircraft stays around a point, `track_loiter_km` per axis, which drifts.

Changes between them come every `track_dwell_min`; a loiter is written as circling with chance `track_circling_told`,
a transit by slip. After each sighting the two are merged into one normal state of the same mean and variance (the
generalised pseudo-Bayesian filter of first order; Bar-Shalom, Li & Kirubarajan 2001, section 11.6.4).
Positions are blurred by the size of the place named and by the distance at which aircraft are spotted; times by the
spotter's delay, which at speed v shifts a position by v · delay. Kilometres and minutes throughout.

A *state* is what a flight's sightings so far say of where it is at the last one, eight numbers: mean position x, y and
velocity u, v (east, north); per axis the variances pp, vv and the covariance pv, the same for both; and the
probability that it loiters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consilience.compiled import leaf
from consilience.records.reference_data import Assumption
from consilience.situate.flight_marks import PACES, Fleet
from consilience.situate.track_points import TrackPoints

Motions = NDArray[np.void]
State = tuple[float, float, float, float, float, float, float, float]

MOTION = np.dtype(
    [(name, np.float64) for name in (
        "speed",  # km/min, effective
        "top",  # km/min, the highest cruise speed
        "v2",  # (km/min)², variance of the velocity along one axis
        "turn_min", "dwell_min",
        "heading_var",  # (km/min)² by which a written heading misses the velocity, per axis
        "loiter_km", "drift",  # km per axis; km/min
        "loiter_share",  # of sightings
        "told", "slip",  # chance that a loiter, a transit is written as circling
        "loiters_circling", "loiters_not",  # that a flight loiters, from what one sighting says
        "said_circling", "said_not",  # log chance of the word in any flight
        "endurance_min",
    )]
)  # fmt: skip
"""How one pace of aircraft moves, and how its loiters are told: the columns of an array with a row for each pace."""

_CHANGE_MIN = 0.5
"""Minutes added to each gap before a change is reckoned: within the same written minute a turn is possible too."""


def motions_of(fleet: Fleet, points: TrackPoints, assumptions: Mapping[str, Assumption]) -> Motions:
    """(P,) of MOTION: the paces that the fleet has, in its order, in this log, under the named assumptions."""
    value = {name: assumption.value for name, assumption in assumptions.items()}
    told, slip = value["track_circling_told"], value["track_circling_slip"]
    circling = float(points.at["circles"].mean()) if len(points) else 0.0
    share = float(np.clip(circling / told, 0.05, 0.95))
    rows = np.zeros(len(fleet.paces), dtype=MOTION)
    for row, pace, speed_kmh, top_kmh in zip(rows, fleet.paces, fleet.speed_kmh, fleet.top_kmh, strict=True):
        speed = speed_kmh / 60
        row["speed"], row["top"], row["v2"] = speed, top_kmh / 60, speed**2 / 2
        row["turn_min"], row["dwell_min"] = value["track_turn_min"], value["track_dwell_min"]
        row["heading_var"] = (speed * value["track_heading_spread"]) ** 2
        row["loiter_km"], row["drift"] = value["track_loiter_km"], speed * value["track_drift_share"]
        row["loiter_share"], row["told"], row["slip"] = share, told, slip
        row["loiters_circling"] = share * told / (share * told + (1 - share) * slip)
        row["loiters_not"] = share * (1 - told) / (share * (1 - told) + (1 - share) * (1 - slip))
        row["said_circling"] = math.log(share * told + (1 - share) * slip)
        row["said_not"] = math.log(share * (1 - told) + (1 - share) * (1 - slip))
        row["endurance_min"] = value[f"track_endurance_{PACES[pace]}_min"]
    return rows


@leaf
def spare_km(i: Any, j: Any, motion: Any) -> float:
    """Kilometres to spare (negative: impossible) for one aircraft between sightings i and j at its highest speed.

    Slack: two standard deviations of each sighting's time and place.
    """
    apart = math.hypot(j.x - i.x, j.y - i.y)
    minutes = j.t - i.t + 2 * math.sqrt(i.t_sigma**2 + j.t_sigma**2)
    return float(motion.top * minutes + 2 * math.sqrt(i.sigma**2 + j.sigma**2) - apart)


@leaf
def first_state(k: Any, motion: Any) -> State:
    """The state of a flight whose first sighting is k."""
    loiters = motion.loiters_circling if k.circles else motion.loiters_not
    blur = k.sigma**2 + (1 - loiters) * motion.v2 * k.t_sigma**2 + loiters * motion.loiter_km**2
    if math.isnan(k.east):
        return k.x, k.y, 0.0, 0.0, blur, 0.0, motion.v2, loiters
    trust = motion.v2 / (motion.v2 + motion.heading_var)
    u, v = trust * motion.speed * k.east, trust * motion.speed * k.north
    return k.x, k.y, u, v, blur, 0.0, motion.v2 * (1 - trust), loiters


@leaf
def follow(state: Any, dt: float, k: Any, motion: Any) -> tuple[float, State]:
    """How well sighting k follows a flight in this state dt minutes before, and the flight's state after it.

    The first is log p(place, heading, circling of k | flight) in 1/km², over the density of the same heading and
    circling in any flight.
    """
    x0, y0, u0, v0, pp0, pv0, vv0, loiters0 = state
    # who loiters, before and after a change
    stay, share = math.exp(-(dt + _CHANGE_MIN) / motion.dwell_min), motion.loiter_share
    told = motion.told if k.circles else 1 - motion.told
    slipped = motion.slip if k.circles else 1 - motion.slip
    stayed, arrived = loiters0 * stay * told, (1 - stay) * share * told
    moved = arrived + ((1 - stay) * (1 - share) + (1 - loiters0) * stay) * slipped

    # loitered: around the same point
    pp = pp0 + (motion.drift * (dt + 1)) ** 2
    s_l = pp + k.sigma**2 + motion.loiter_km**2
    gain, gap_x, gap_y = pp / s_l, k.x - x0, k.y - y0
    miss_l = (gap_x**2 + gap_y**2) / s_l
    lx, ly, lpp = x0 + gain * gap_x, y0 + gain * gap_y, pp * (1 - gain)

    # flew: the velocity forgets, the position runs on
    v2, memory = motion.v2, motion.turn_min
    phi = math.exp(-dt / memory)
    carry = memory * (1 - phi)
    pp = pp0 + 2 * carry * pv0 + carry**2 * vv0 + v2 * memory**2 * max(2 * dt / memory - 3 + 4 * phi - phi**2, 0.0)
    pv = phi * (pv0 + carry * vv0) + v2 * memory * (1 - phi) ** 2
    vv = phi**2 * vv0 + v2 * (1 - phi**2)
    here = motion.loiters_circling if k.circles else motion.loiters_not
    s_t = pp + k.sigma**2 + (1 - here) * v2 * k.t_sigma**2 + here * motion.loiter_km**2
    gain_p, gain_v = pp / s_t, pv / s_t
    gap_x, gap_y = k.x - (x0 + carry * u0), k.y - (y0 + carry * v0)
    miss_t = (gap_x**2 + gap_y**2) / s_t
    tx, ty = x0 + carry * u0 + gain_p * gap_x, y0 + carry * v0 + gain_p * gap_y
    tu, tv = phi * u0 + gain_v * gap_x, phi * v0 + gain_v * gap_y
    tpp, tpv, tvv = pp * (1 - gain_p), pv * (1 - gain_p), vv - gain_v * pv
    heading = 1.0
    if not math.isnan(k.east):
        said_u, said_v = motion.speed * k.east, motion.speed * k.north
        s_v, s_any = tvv + motion.heading_var, v2 + motion.heading_var
        gap_u, gap_v, gain_pu, gain_vu = said_u - tu, said_v - tv, tpv / s_v, tvv / s_v
        miss_t += (gap_u**2 + gap_v**2) / s_v - (said_u**2 + said_v**2) / s_any
        heading = s_any / s_v
        tx, ty, tu, tv = tx + gain_pu * gap_u, ty + gain_pu * gap_v, tu + gain_vu * gap_u, tv + gain_vu * gap_v
        tpp, tpv, tvv = tpp - gain_pu * tpv, tpv * (1 - gain_vu), tvv * (1 - gain_vu)

    # both, merged into one state
    least = min(miss_l, miss_t)
    far = math.exp(-0.5 * abs(miss_l - miss_t))
    p_l, p_t = stayed / s_l, moved * heading / s_t
    if miss_l > miss_t:
        p_l *= far
    else:
        p_t *= far
    fit = math.log((p_l + p_t) / (2 * math.pi)) - 0.5 * least
    fit -= motion.said_circling if k.circles else motion.said_not
    weight = p_l / (p_l + p_t)
    rest = 1 - weight
    spread, dx, dy = weight * rest / 2, lx - tx, ly - ty
    return fit, (
        weight * lx + rest * tx, weight * ly + rest * ty, rest * tu, rest * tv,
        weight * lpp + rest * tpp + spread * (dx**2 + dy**2),
        rest * tpv - spread * (dx * tu + dy * tv),
        weight * v2 + rest * tvv + spread * (tu**2 + tv**2),
        weight + rest * arrived / moved,
    )  # fmt: skip
