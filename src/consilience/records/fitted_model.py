"""What the whole logs of a case taught, number by number: value, interval, how much was seen, what it was drawn to.

It says nothing of who observes, from where, or how any one source differs from the others: sources are summed over.
"""

from __future__ import annotations

from dataclasses import dataclass

from consilience.quantities import Minutes

INTERVAL = 0.95
"""The level of every interval here: that of the findings' time intervals."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A number that was fitted to a log.

    `low` and `high` hold it with probability `INTERVAL`. `observed` is on how many observations it rests, an expected
    number where each counts with its probability. Without any it would be `drawn_to`, the value of the `assumption`
    named, which stands for `strength` observations.
    """

    value: float
    low: float
    high: float
    observed: float
    drawn_to: float
    strength: float
    assumption: str


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happens within 24 watched hours, with its interval, and how many of it were `seen`."""

    per_day: float
    low: float
    high: float
    seen: int


@dataclass(frozen=True, slots=True)
class PassKind:
    """One kind of pass by a place: its share among attackers' passes, and how often any flight passes so.

    `loiters`: the flight circled here, the middle of that from `from_km` to `to_km` off; else its nearest sighting was.
    `elsewhere`: it circled more somewhere else. `background` is pooled over the sites of incidents; None where no site
    was watched.
    """

    loiters: bool
    from_km: float
    to_km: float
    elsewhere: bool
    attacker: Fitted
    background: Rate | None


@dataclass(frozen=True, slots=True)
class FleetShare:
    """The share of the log's flights that a platform and party flew; drawn to the order of battle's share."""

    platform: str
    party: str
    share: Fitted


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """An hour of the case's wall clock. `flights` began in it while somebody watched, `sightings` were written.

    `activity` is how busy the sky is then, 1 being the mean of the log.
    """

    hour: int
    watched_hours: float
    flights: int
    sightings: int
    activity: Fitted


@dataclass(frozen=True, slots=True)
class SiteRates:
    """How often flights pass a place: in the order of `FittedSky.passes`, per 24 watched hours.

    `incidents` are those that happened here, or may have: such a one has several sites.
    """

    incidents: tuple[str, ...]
    watched_hours: float
    seen: tuple[int, ...]
    per_day: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FittedSky:
    """What a whole log of sightings taught.

    `incidents` is how many taught of attackers. `lead` and `spread`, minutes: the middle of the attacker's pass minus
    the impact is normal with this mean and standard deviation, but for a share `stray` whose standard deviation is
    `stray_spread`; these two are named assumptions, not fitted. `type_right`, `operator_right`: the chance that an
    observer who names a type or an operator is right; `observed` counts pairs of observers of one flight.
    """

    watched_hours: float
    sightings: int
    flights: int
    flights_per_hour: float
    incidents: int
    detection: Fitted
    lead: Fitted
    spread: Fitted
    stray: float
    stray_spread: Minutes
    type_right: Fitted
    operator_right: Fitted
    passes: tuple[PassKind, ...]
    fleet: tuple[FleetShare, ...]
    hours: tuple[HourOfDay, ...]
    sites: tuple[SiteRates, ...]


@dataclass(frozen=True, slots=True)
class HeardParty:
    """The chance that an attack by a party is heard in the radio log."""

    party: str
    heard: Fitted


@dataclass(frozen=True, slots=True)
class ExchangeKind:
    """One kind of exchange of calls: its share among those of attacks, and how often the whole log has such a one.

    `placed`: it gives coordinates.
    """

    said: str
    placed: bool
    attack: Fitted
    background: Rate


@dataclass(frozen=True, slots=True)
class CallClass:
    """When calls of one class come: `lead` minutes after the impact (negative: before), give or take `spread`."""

    said: str
    lead: Fitted
    spread: Fitted


@dataclass(frozen=True, slots=True)
class FittedRadio:
    """What a whole radio log taught; `incidents` is how many taught of it."""

    watched_hours: float
    calls: int
    exchanges: int
    incidents: int
    heard: tuple[HeardParty, ...]
    kinds: tuple[ExchangeKind, ...]
    classes: tuple[CallClass, ...]


@dataclass(frozen=True, slots=True)
class FittedModel:
    """What the whole logs of a case taught; None for a kind of log of which none is declared whole."""

    sky: FittedSky | None
    radio: FittedRadio | None
