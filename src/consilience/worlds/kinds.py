"""What a simulated war is like: every knob of the generator, and the named kinds (decision 18)."""

from __future__ import annotations

from dataclasses import dataclass, fields

from consilience.errors import UsageError

SHARES = (
    "russian_share", "focus_share", "called_russian", "exact_type", "type_confused", "operator_heard", "herding",
    "planted", "false_rows", "radio_heard", "days_without_monitor", "slips", "copied", "copies_declared",
    "no_attack", "other_cause", "together",
)  # fmt: skip
"""Knobs that are probabilities or shares."""


@dataclass(frozen=True, slots=True)
class WorldKind:
    """The knobs of a simulated war. docs/worlds.md gives each one's reason or source.

    Times are minutes, shares lie in [0, 1], counts are means unless named otherwise.
    """

    name: str = "full"
    # the sky
    flights_per_attack: float = 19.0
    """Flights in the air for each incident of the case: the crowd in which the attacker hides."""
    russian_share: float = 0.5
    """Of the air strikes by one of the two parties, those by Russian aircraft."""
    focus_share: float = 0.65
    """Targets drawn from the neighbourhood of the day's main effort, which both parties share."""
    together: float = 0.03
    """Of attacks by fixed wing, those in which both parties struck within half an hour."""
    double_taps: float = 0.08
    """Of attacks from the air, those struck again by the same or another flight of the party."""
    # the log
    log: bool = True
    posts: int = 36
    """Spotter posts in towns; observers of air bases come on top of them."""
    detection: float = 1.0
    """Factor on every chance that a post notes what passes."""
    exact_type: float = 0.55
    type_confused: float = 0.08
    called_russian: float = 0.20
    """Chance that a row of a Syrian jet says "Russian" (case design: a named assumption, 5–40 %)."""
    operator_heard: float = 0.45
    herding: float = 0.10
    """Chance that a spotter writes what another just said of the same flight."""
    clock_offset_sd: float = 1.5
    report_delay: float = 1.5
    """Mean minutes by which rows are written late."""
    false_rows: float = 0.01
    planted: float = 0.0
    """Rows planted by a deceiver, as a share of the log: the other party's aircraft and operator, at the place."""
    # the radio
    radio_heard: float = 0.20
    """Chance that a monitor on duty notes a Russian call; Arabic ones a third of it. 0: no radio at all."""
    days_without_monitor: float = 0.2
    # the witnesses
    accounts: float = 3.0
    """Mean number of accounts of an incident, between 1 and 6."""
    slips: float = 0.04
    copied: float = 0.2
    copies_declared: float = 0.6
    wrong_accounts: int = 0
    """Accounts of each incident made wrong in time and party."""
    no_attack: float = 0.015
    """Incidents that never happened: mistaken or made up."""
    other_cause: float = 0.01
    # things
    material: bool = True
    """Media, imagery and munition remnants."""

    def __post_init__(self) -> None:
        for knob in fields(self):
            value = getattr(self, knob.name)
            if knob.name in SHARES and not 0.0 <= value <= 1.0:
                raise UsageError(f"{knob.name} = {value} is no share", remedy="Give a number from 0 to 1.")
            if not isinstance(value, str) and value < 0:
                raise UsageError(f"{knob.name} = {value} is negative", remedy="Give 0 or more.")


FULL = WorldKind()
NO_RADIO = WorldKind(name="no_radio", radio_heard=0.0)
FEW_SPOTTERS = WorldKind(name="few_spotters", posts=11, detection=0.7)
ACCOUNTS_ONLY = WorldKind(name="accounts_only", log=False, radio_heard=0.0, material=False)
ONE_WRONG_ACCOUNT = WorldKind(name="one_wrong_account", wrong_accounts=1)
PLANTED = WorldKind(name="planted", planted=0.01)

KINDS: dict[str, WorldKind] = {
    kind.name: kind for kind in (FULL, NO_RADIO, FEW_SPOTTERS, ACCOUNTS_ONLY, ONE_WRONG_ACCOUNT, PLANTED)
}
"""The kinds that have a name. Any other is `dataclasses.replace(FULL, …)`."""


def kind_named(name: str) -> WorldKind:
    """The kind of that name. UsageError if there is none."""
    try:
        return KINDS[name]
    except KeyError:
        raise UsageError(f"no kind of world is named {name!r}", remedy=f"Choose one of {', '.join(KINDS)}.") from None
