"""Who flies in the simulated war: fleets with their bases, hours and manners.

Numbers of flights are our choice around two published days (orbat `sorties.csv`: 83 Russian against 11 Syrian take-offs
on 8 April 2017, 58 against 7 on the 23rd; 10–20 a day from Shayrat alone before the 7th). The Syrian side flies more
here, so that who did it is a real question. Speeds are effective ones: "a short leg is flown at 500–600 km/h" (orbat
SOURCE.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DAY = (1, 1, 1, 1, 1, 3, 6, 8, 9, 10, 10, 10, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4, 2, 1)
"""Weights of the 24 local hours for aircraft that fly by day."""
LONG_DAY = (6, 5, 4, 4, 4, 5, 6, 8, 9, 10, 10, 10, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 7)
"""Russian jets: a third of their flights at night (8 of 56 in the night, 12 from about 21:00 on 23 April 2017)."""
NIGHT = (9, 8, 7, 5, 4, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 7, 9, 10, 10)
"""Syrian L-39, at night too (8 and 23 April 2017)."""
ANY = (1,) * 24


@dataclass(frozen=True, slots=True)
class Fleet:
    """Aircraft of one type that one party flies.

    `task`: bomb, barrel, watch (a drone that circles for hours) or carry (from base to base). `kind` is what a spotter
    can tell at a glance: jet, helicopter, drone, transport. `flights` a day at the standard density; `pairs` the share
    of flights of two aircraft or four; `loiter` minutes over the target, lowest and highest; `radius_km` of circles.
    """

    party: str
    platform: str
    kind: str
    task: str
    bases: Mapping[str, float]
    flights: float
    speed_kmh: float
    climb_min: float = 2.0
    pairs: float = 0.0
    loiter: tuple[float, float] = (8.0, 22.0)
    radius_km: float = 3.5
    hours: tuple[int, ...] = DAY


def _jet(
    party: str,
    platform: str,
    bases: Mapping[str, float],
    flights: float,
    *,
    speed_kmh: float = 560.0,
    pairs: float = 0.2,
    hours: tuple[int, ...] = DAY,
    loiter: tuple[float, float] = (8.0, 22.0),
    radius_km: float = 3.5,
) -> Fleet:
    return Fleet(party, platform, "jet", "bomb", bases, flights, speed_kmh, 2.0, pairs, loiter, radius_km, hours)


def _drone(party: str, platform: str, base: str, flights: float, speed_kmh: float) -> Fleet:
    return Fleet(party, platform, "drone", "watch", {base: 1.0}, flights, speed_kmh, 5.0, 0.0, (60.0, 180.0), 5.0, DAY)


_RU, _SY = "Russian", "Syrian"
_HMEIMIM = {"Hmeimim": 1.0}

FLEETS: tuple[Fleet, ...] = (
    _jet(_RU, "Su-24", _HMEIMIM, 9.0, pairs=0.55, hours=LONG_DAY),
    _jet(_RU, "Su-34", _HMEIMIM, 6.5, pairs=0.55, hours=LONG_DAY, speed_kmh=600.0),
    _jet(_RU, "Su-25", _HMEIMIM, 5.0, pairs=0.6, speed_kmh=500.0),
    _jet(_RU, "Su-30", _HMEIMIM, 1.5, pairs=0.4, hours=LONG_DAY, speed_kmh=600.0),
    _jet(_RU, "Su-35", _HMEIMIM, 2.0, pairs=0.4, hours=LONG_DAY, speed_kmh=600.0),
    _jet(_SY, "Su-22", {"Shayrat": 0.6, "Tiyas": 0.4}, 6.0),
    _jet(_SY, "Su-24", {"Tiyas": 0.65, "Sayqal": 0.25, "Hmeimim": 0.1}, 3.0),
    _jet(_SY, "MiG-23", {"Hama": 0.6, "Shayrat": 0.3, "Nairab": 0.1}, 3.5),
    _jet(_SY, "MiG-21", {"Hama": 1.0}, 2.5),
    _jet(_SY, "L-39", {"Hama": 0.6, "Kuweires": 0.25, "Nairab": 0.15}, 4.0, speed_kmh=400.0, hours=NIGHT,
         loiter=(10.0, 35.0), radius_km=2.5),
    Fleet(_RU, "Mi-24", "helicopter", "bomb", {"Hmeimim": 0.7, "Shayrat": 0.3}, 1.2, 220.0, pairs=0.8, radius_km=2.0),
    Fleet(_RU, "Ka-52", "helicopter", "bomb", {"Hmeimim": 0.6, "Tiyas": 0.4}, 0.8, 220.0, pairs=0.8, radius_km=2.0),
    Fleet(_RU, "Mi-8", "helicopter", "carry", {"Hmeimim": 0.7, "Shayrat": 0.3}, 1.2, 200.0),
    Fleet(_SY, "Mi-8", "helicopter", "barrel", {"Hama": 0.65, "Istamo": 0.2, "Nairab": 0.15}, 6.5, 190.0,
          pairs=0.15, radius_km=1.8),
    Fleet(_SY, "Mi-14", "helicopter", "barrel", {"Istamo": 0.7, "Hmeimim": 0.3}, 0.8, 185.0, radius_km=1.8),
    _drone(_RU, "Orlan-10", "Hmeimim", 2.0, 100.0),
    _drone(_RU, "Forpost", "Hmeimim", 1.5, 150.0),
    _drone(_SY, "Ababil-3", "Hama", 0.7, 150.0),
    _drone("other", "Mohajer-6", "Tiyas", 0.7, 150.0),
    Fleet(_RU, "Il-20", "transport", "watch", _HMEIMIM, 0.6, 450.0, 6.0, 0.0, (60.0, 150.0), 15.0),
    Fleet(_RU, "Il-76", "transport", "carry", _HMEIMIM, 0.8, 600.0, 6.0, hours=ANY),
    Fleet(_RU, "An-26", "transport", "carry", _HMEIMIM, 0.8, 380.0, 5.0, hours=ANY),
    Fleet(_SY, "An-26", "transport", "carry", {"Nairab": 0.5, "Damascus": 0.5}, 0.8, 380.0, 5.0, hours=ANY),
    Fleet(_SY, "Il-76", "transport", "carry", {"Damascus": 1.0}, 0.5, 600.0, 6.0, hours=ANY),
    Fleet("other", "MQ-9", "drone", "bomb", {"Jirah": 1.0}, 0.4, 280.0, 8.0, 0.0, (60.0, 200.0), 6.0, ANY),
)  # fmt: skip

WAVES = frozenset({(_RU, "jet"), (_SY, "jet")})
"""Those who take off in waves: 15 aircraft within 20 minutes, 12 within 40 (23 April 2017)."""
