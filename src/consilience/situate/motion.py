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
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from consilience.records.reference_data import Assumption
from consilience.situate.flight_marks import Fleet
from consilience.situate.track_points import Floats, Ints, TrackPoints

_NO_HEADING_VARIANCE = 1e8
"""(km/min)²: a velocity that nobody wrote down; its likelihood ratio is then 1 to eight digits."""
_CHANGE_MIN = 0.5
"""Minutes added to each gap before a change is reckoned: within the same written minute a turn is possible too."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How one pace of aircraft moves, and how its loiters are told.

    `speed` km/min effective, `top` km/min the highest cruise speed; `heading_spread` km/min by which a written heading
    misses the velocity, per axis; `loiter_km` per axis and `drift` km/min of a loiter; `loiter_share` of sightings.
    """

    speed: float
    top: float
    turn_min: float
    heading_spread: float
    loiter_km: float
    drift: float
    dwell_min: float
    loiter_share: float
    told: float
    slip: float

    @property
    def axis_variance(self) -> float:
        """(km/min)² of the velocity along one axis."""
        return self.speed**2 / 2


@dataclass(frozen=True, slots=True)
class State:
    """What M flights' sightings so far say of where they are at the last one: arrays (M,).

    Mean position `x`, `y` and velocity `u`, `v` (east, north); per axis the variances `pp`, `vv` and covariance `pv`,
    the same for both; `loiters` the probability of loitering.
    """

    x: Floats
    y: Floats
    u: Floats
    v: Floats
    pp: Floats
    pv: Floats
    vv: Floats
    loiters: Floats

    def take(self, rows: Ints | NDArray[np.bool_]) -> State:
        """The states of some rows."""
        return State(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: Ints, other: State) -> None:
        """Overwrite some rows: for the one who is building these arrays and has not yet handed them out."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)


def motions_of(fleet: Fleet, points: TrackPoints, assumptions: Mapping[str, Assumption]) -> dict[int, Motion]:
    """The motion of each pace that the fleet has, by its number in PACES, in this log, under the named assumptions."""
    circling = float(points.circles.mean()) if len(points) else 0.0
    told = assumptions["track_circling_told"].value
    return {
        pace: Motion(
            speed=fleet.speed_kmh[pace] / 60,
            top=fleet.top_kmh[pace] / 60,
            turn_min=assumptions["track_turn_min"].value,
            heading_spread=fleet.speed_kmh[pace] / 60 * assumptions["track_heading_spread"].value,
            loiter_km=assumptions["track_loiter_km"].value,
            drift=fleet.speed_kmh[pace] / 60 * assumptions["track_drift_share"].value,
            dwell_min=assumptions["track_dwell_min"].value,
            loiter_share=float(np.clip(circling / told, 0.05, 0.95)),
            told=told,
            slip=assumptions["track_circling_slip"].value,
        )
        for pace in sorted(set(fleet.pace.tolist()))
    }


def reachable_km(points: TrackPoints, i: Ints, j: Ints, motion: Motion) -> Floats:
    """Kilometres to spare (negative: impossible) for one aircraft between sightings i and j at its highest speed.

    Slack: two standard deviations of each sighting's time and place.
    """
    apart = np.hypot(points.x[j] - points.x[i], points.y[j] - points.y[i])
    minutes = points.t[j] - points.t[i] + 2 * np.hypot(points.t_sigma[i], points.t_sigma[j])
    return np.asarray(motion.top * minutes + 2 * np.hypot(points.sigma[i], points.sigma[j]) - apart)


def first_state(points: TrackPoints, k: Ints, motion: Motion) -> State:
    """The states of flights whose first sightings are k."""
    noise, east, north = _heading(points, k, motion)
    trust = motion.axis_variance / (motion.axis_variance + noise)
    loiters = _loiters(points, k, motion)
    return State(
        x=points.x[k],
        y=points.y[k],
        u=trust * east,
        v=trust * north,
        pp=_blur(points, k, motion, loiters),
        pv=np.zeros(len(k)),
        vv=motion.axis_variance * (1 - trust),
        loiters=loiters,
    )


def follow(state: State, points: TrackPoints, i: Ints, k: Ints, motion: Motion) -> tuple[Floats, State]:
    """How well sighting k follows flights last seen at i, and their states after it.

    The first is log p(place, heading, circling of k | flight) in 1/km², over the density of the same heading and
    circling in any flight.
    """
    dt = points.t[k] - points.t[i]
    stay = np.exp(-(dt + _CHANGE_MIN) / motion.dwell_min)
    share, told = motion.loiter_share, np.where(points.circles[k], motion.told, 1 - motion.told)
    slipped = np.where(points.circles[k], motion.slip, 1 - motion.slip)
    stayed = state.loiters * stay * told
    arrived = (1 - stay) * share * told
    moved = arrived + ((1 - stay) * (1 - share) + (1 - state.loiters) * stay) * slipped
    fit_l, loiter = _loitered(state, points, k, dt, motion)
    fit_t, transit = _flew(state, points, k, dt, motion)
    log_l, log_t = np.log(stayed) + fit_l, np.log(moved) + fit_t
    fit = np.logaddexp(log_l, log_t)
    weight = np.exp(log_l - fit)
    merged = _merge(loiter, transit, weight, weight + (1 - weight) * arrived / moved)
    return fit - np.log(share * told + (1 - share) * slipped), merged


def _flew(state: State, points: TrackPoints, k: Ints, dt: Floats, motion: Motion) -> tuple[Floats, State]:
    v2, memory = motion.axis_variance, motion.turn_min
    phi = np.exp(-dt / memory)
    carry = memory * (1 - phi)
    pp = state.pp + 2 * carry * state.pv + carry**2 * state.vv
    pp = pp + v2 * memory**2 * np.maximum(2 * dt / memory - 3 + 4 * phi - phi**2, 0.0)
    pv = phi * (state.pv + carry * state.vv) + v2 * memory * (1 - phi) ** 2
    vv = phi**2 * state.vv + v2 * (1 - phi**2)
    s = pp + _blur(points, k, motion, _loiters(points, k, motion))
    gain_p, gain_v = pp / s, pv / s
    noise, east, north = _heading(points, k, motion)
    left_v = vv - gain_v * pv
    left_pv = pv * (1 - gain_p)
    gain_pu, gain_vu = left_pv / (left_v + noise), left_v / (left_v + noise)
    fit = np.zeros(len(k))
    means = []
    for p, q, seen, told in ((state.x, state.u, points.x[k], east), (state.y, state.v, points.y[k], north)):
        gap = seen - (p + carry * q)
        velocity = phi * q + gain_v * gap
        gap_v = told - velocity
        fit += _log_normal(gap, s) + _log_normal(gap_v, left_v + noise) - _log_normal(told, v2 + noise)
        means.append((p + carry * q + gain_p * gap + gain_pu * gap_v, velocity + gain_vu * gap_v))
    (x, u), (y, v) = means
    after = State(
        x,
        y,
        u,
        v,
        pp * (1 - gain_p) - gain_pu * left_pv,
        left_pv * (1 - gain_vu),
        left_v * (1 - gain_vu),
        state.loiters,
    )
    return fit, after


def _loitered(state: State, points: TrackPoints, k: Ints, dt: Floats, motion: Motion) -> tuple[Floats, State]:
    pp = state.pp + (motion.drift * (dt + 1)) ** 2
    s = pp + points.sigma[k] ** 2 + motion.loiter_km**2
    gain = pp / s
    gap_x, gap_y = points.x[k] - state.x, points.y[k] - state.y
    still = np.zeros(len(k))
    after = State(
        state.x + gain * gap_x, state.y + gain * gap_y, still, still,
        pp * (1 - gain), still, np.full(len(k), motion.axis_variance), state.loiters,
    )  # fmt: skip
    return _log_normal(gap_x, s) + _log_normal(gap_y, s), after


def _merge(a: State, b: State, weight: Floats, loiters: Floats) -> State:
    """One normal state with the mean and variance (over both axes) of a with `weight` and b with the rest."""
    rest = 1 - weight
    spread = weight * rest / 2
    dx, dy, du, dv = a.x - b.x, a.y - b.y, a.u - b.u, a.v - b.v
    return State(
        x=weight * a.x + rest * b.x,
        y=weight * a.y + rest * b.y,
        u=weight * a.u + rest * b.u,
        v=weight * a.v + rest * b.v,
        pp=weight * a.pp + rest * b.pp + spread * (dx**2 + dy**2),
        pv=weight * a.pv + rest * b.pv + spread * (dx * du + dy * dv),
        vv=weight * a.vv + rest * b.vv + spread * (du**2 + dv**2),
        loiters=loiters,
    )


def _loiters(points: TrackPoints, k: Ints, motion: Motion) -> Floats:
    """Probability that a flight loiters at k, from what was written there alone."""
    share = motion.loiter_share
    yes, no = share * motion.told, share * (1 - motion.told)
    if_circling = yes / (yes + (1 - share) * motion.slip)
    if_not = no / (no + (1 - share) * (1 - motion.slip))
    return np.where(points.circles[k], if_circling, if_not)


def _blur(points: TrackPoints, k: Ints, motion: Motion, loiters: Floats) -> Floats:
    """Variance per axis of the named point around the flight's: a delay shifts it in transit, a circle in a loiter."""
    shift = (1 - loiters) * motion.axis_variance * points.t_sigma[k] ** 2 + loiters * motion.loiter_km**2
    return np.asarray(points.sigma[k] ** 2 + shift)


def _heading(points: TrackPoints, k: Ints, motion: Motion) -> tuple[Floats, Floats, Floats]:
    """Variance of a velocity as written, and its east and north parts, km/min."""
    bearing = points.bearing[k]
    noise = np.where(np.isnan(bearing), _NO_HEADING_VARIANCE, motion.heading_spread**2)
    east, north = (np.nan_to_num(motion.speed * part) for part in (np.sin(bearing), np.cos(bearing)))
    return noise, east, north


def _log_normal(gap: Floats, variance: Floats) -> Floats:
    return np.asarray(-0.5 * (np.log(2 * np.pi * variance) + gap**2 / variance))
