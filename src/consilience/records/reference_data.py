"""What ships with the product or stands in for it: order of battle, gazetteer, named assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from consilience.quantities import Degrees, Kilometres, Metres


@dataclass(frozen=True, slots=True)
class Platform:
    """An aircraft type or launcher. `modes` is empty for what carries no weapons; `cruise_kmh` None on the ground."""

    name: str
    modes: tuple[str, ...]
    can_cluster: bool
    cruise_kmh: Kilometres | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """Who flies or fires a platform, how, from where and when. `modes` is empty where it carries no weapons."""

    platform: str
    party: str
    modes: tuple[str, ...]
    share: float
    bases: tuple[str, ...]
    first_day: date | None
    last_day: date | None

    def serves_on(self, day: date) -> bool:
        """Is the row in force on that day? An open end has no limit."""
        return (self.first_day is None or self.first_day <= day) and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Base:
    """An air base and the parties that use it."""

    name: str
    lat: Degrees
    lon: Degrees
    names: tuple[str, ...]
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weapon:
    """A weapon and what can deliver it. Reported use is for showing and stands in the table only: never weighed."""

    name: str
    spellings: tuple[str, ...]
    platforms: tuple[str, ...]
    modes: tuple[str, ...]
    is_cluster: bool | None


@dataclass(frozen=True, slots=True)
class Description:
    """A loose word of a log and the platforms that it may mean; `party` where the word asserts a nationality."""

    phrases: tuple[str, ...]
    platforms: tuple[str, ...]
    party: str | None


@dataclass(frozen=True, slots=True)
class PriorShare:
    """A named assumption of the order of battle: a share of a mode (party None) or of a party within a mode."""

    mode: str
    party: str | None
    share: float
    low: float
    high: float
    why: str


@dataclass(frozen=True, slots=True)
class CodeWord:
    """A code word of the radio and its class."""

    language: str
    phrase: str
    phrase_class: str


@dataclass(frozen=True, slots=True)
class OrderOfBattle:
    """Everything that an order of battle says, in the order of its tables."""

    name: str
    platforms: Mapping[str, Platform]
    operators: tuple[Operator, ...]
    bases: Mapping[str, Base]
    weapons: tuple[Weapon, ...]
    descriptions: tuple[Description, ...]
    priors: tuple[PriorShare, ...]
    party_of_language: Mapping[str, str]
    lexicon: tuple[CodeWord, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A named assumption: value, range, unit and the reason for them."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """A named place. `error_m` is the radius within which the name may point (a town is not a point)."""

    name: str
    lat: Degrees
    lon: Degrees
    error_m: Metres
    names: tuple[str, ...]
    source: str
