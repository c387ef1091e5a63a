"""How an aircraft moves between two sightings: densities of the second place and heading given the first.

Two ways of flying, as spotters tell them apart:

- *transit*: the velocity along each axis is an Ornstein-Uhlenbeck process (Uhlenbeck & Ornstein 1930) with the
  effective speed of the pace as its root mean square and `track_turn_min` as its memory; a heading written is a
  measurement of the velocity. Position and velocity are jointly normal, in closed form.
- *loiter*: the aircraft stays around a point of its own, `track_loiter_km` per axis, which drifts.

Positions are blurred by the size of the place named and by the distance at which aircraft are spotted; times by the
spotter's delay, which at speed v shifts a position by v · delay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from consilience.records.reference_data import Assumption
from consilience.situate.track_points import Floats, Ints, TrackPoints

_NO_HEADING_VARIANCE = 1e8
"""(km/min)²: a velocity that nobody wrote down; its likelihood ratio is then 1 to eight digits."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How one pace of aircraft moves. `speed` km/min effective, `top` km/min the highest cruise speed; `turn_min`
    memory of a velocity; `heading_spread` share of the speed by which a written heading misses the velocity, per axis;
    `loiter_km` per axis and `drift` km/min of a loiter; `dwell_min` mean time between changes of way of flying."""

    speed: float
    top: float
    turn_min: float
    heading_spread: float
    loiter_km: float
    drift: float
    dwell_min: float


def motion_of_pace(speed_kmh: float, top_kmh: float, assumptions: Mapping[str, Assumption]) -> Motion:
    """The motion of a pace with these speeds in km/h, under the named assumptions."""
    speed = speed_kmh / 60
    return Motion(
        speed=speed,
        top=top_kmh / 60,
        turn_min=assumptions["track_turn_min"].value,
        heading_spread=assumptions["track_heading_spread"].value,
        loiter_km=assumptions["track_loiter_km"].value,
        drift=speed * assumptions["track_drift_share"].value,
        dwell_min=assumptions["track_dwell_min"].value,
    )


def reachable(points: TrackPoints, i: Ints, j: Ints, motion: Motion) -> Floats:
    """Kilometres to spare (negative: impossible) for one aircraft between sightings i and j at its highest speed.

    Slack: two standard deviations of each sighting's time and place.
    """
    apart = np.hypot(points.x[j] - points.x[i], points.y[j] - points.y[i])
    minutes = points.t[j] - points.t[i] + 2 * np.hypot(points.t_sigma[i], points.t_sigma[j])
    return np.asarray(motion.top * minutes + 2 * np.hypot(points.sigma[i], points.sigma[j]) - apart)


def log_transit(points: TrackPoints, i: Ints, j: Ints, motion: Motion) -> Floats:
    """log density (per km²) of the place of j, times the likelihood ratio of its heading, given i, in transit."""
    dt = points.t[j] - points.t[i]
    v2 = motion.speed**2 / 2
    memory = motion.turn_min
    phi = np.exp(-dt / memory)
    carry = memory * (1 - phi)
    q_xx = v2 * memory**2 * np.maximum(2 * dt / memory - 3 + 4 * phi - phi**2, 0.0)
    q_xv = v2 * memory * (1 - phi) ** 2
    q_vv = v2 * (1 - phi**2)
    blur_i = points.sigma[i] ** 2 + v2 * points.t_sigma[i] ** 2
    blur_j = points.sigma[j] ** 2 + v2 * points.t_sigma[j] ** 2
    noise_i, noise_j = (_heading_noise(points, k, motion) for k in (i, j))
    trust = v2 / (v2 + noise_i)
    left = v2 * (1 - trust)
    s_xx = blur_i + blur_j + carry**2 * left + q_xx
    s_xv = carry * phi * left + q_xv
    s_vv = phi**2 * left + q_vv + noise_j
    total = np.zeros(len(i))
    for axis, place in ((np.sin, points.x), (np.cos, points.y)):
        v_i, v_j = (_heading_velocity(points, k, motion, axis) for k in (i, j))
        gap_x = place[j] - place[i] - carry * trust * v_i
        gap_v = v_j - phi * trust * v_i
        total += _log_normal_2(gap_x, gap_v, s_xx, s_xv, s_vv) - _log_normal(v_j, v2 + noise_j)
    return total


def log_loiter(points: TrackPoints, i: Ints, j: Ints, motion: Motion) -> Floats:
    """log density (per km²) of the place of j given i, loitering; headings mean nothing then."""
    dt = points.t[j] - points.t[i]
    blur = points.sigma[i] ** 2 + points.sigma[j] ** 2
    variance = blur + 2 * motion.loiter_km**2 + (motion.drift * (dt + 1)) ** 2
    return _log_normal(points.x[j] - points.x[i], variance) + _log_normal(points.y[j] - points.y[i], variance)


def _heading_noise(points: TrackPoints, k: Ints, motion: Motion) -> Floats:
    spread = (motion.heading_spread * motion.speed) ** 2
    return np.where(np.isnan(points.bearing[k]), _NO_HEADING_VARIANCE, spread)


def _heading_velocity(points: TrackPoints, k: Ints, motion: Motion, axis: np.ufunc) -> Floats:
    return np.asarray(np.nan_to_num(motion.speed * axis(points.bearing[k])), dtype=np.float64)


def _log_normal(gap: Floats, variance: Floats) -> Floats:
    return np.asarray(-0.5 * (np.log(2 * np.pi * variance) + gap**2 / variance))


def _log_normal_2(gap_x: Floats, gap_v: Floats, s_xx: Floats, s_xv: Floats, s_vv: Floats) -> Floats:
    given = s_xv / s_xx
    rest = s_vv - given * s_xv
    return _log_normal(gap_x, s_xx) + _log_normal(gap_v - given * gap_x, rest)
