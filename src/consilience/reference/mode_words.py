"""Ordinary words for how a weapon was delivered: which of the format's modes they mean, and what to write for others.

Only words that mean one mode in ordinary speech are read. "Rocket", "missile", "drone" or "bombing" each come in ways
that differ in who could have done it, so they get a sentence that says how to record them, and no mode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consilience.reference.names import name_words, without_articles

_FIRE = ("", " fire", " attack", " strike", " shelling", " bombardment", " shell", " round")
_GUNS = (
    "artillery", "rocket artillery", "mortar", "howitzer", "tank", "mlrs", "multiple launch rocket system",
    "multiple rocket launcher",
)  # fmt: skip
_FROM_THE_AIR = ("strike", "raid", "attack", "bombing", "bombardment")

MODE_WORDS: Mapping[str, tuple[str, ...]] = {
    "air strike": (
        *(f"{air} {act}" for air in ("air", "aerial") for act in _FROM_THE_AIR), "airstrike", "airraid",
        "غارة", "غارات", "غارة جوية", "غارات جوية", "قصف جوي", "ضربة جوية", "ضربات جوية",
        "авіаудар", "авіаналіт", "авіаційний удар", "авиаудар", "авианалет", "авиационный удар",
    ),
    "barrel bomb": (
        "barrel bombing", "barrel bomb attack", "برميل متفجر", "براميل متفجرة",
    ),
    "ground attack": (
        *(gun + fire for gun in _GUNS for fire in _FIRE), "shelling", "ground shelling", "mortar bomb",
        "قصف مدفعي", "مدفعية", "قذائف مدفعية", "هاون", "قذائف هاون", "قصف بالهاون", "راجمة صواريخ", "راجمات صواريخ",
        "артилерія", "артобстріл", "артилерійський обстріл", "міномет", "мінометний обстріл", "рсзв",
        "артиллерия", "артобстрел", "артиллерийский обстрел", "миномет", "минометный обстрел", "рсзо",
    ),
    "ballistic missile": (
        "ballistic", "ballistic missile attack", "ballistic missile strike", "tactical ballistic missile",
        "short range ballistic missile", "srbm", "صاروخ بالستي", "صاروخ باليستي",
        "балістична ракета", "балістика", "баллистическая ракета", "баллистика",
    ),
}  # fmt: skip
"""By mode, the words read as it beside its own name; docs/formats/case-format.md lists them for users."""

CRUISE_MISSILE = (
    "air strike for a cruise missile launched from an aircraft, ballistic missile for one launched from the ground or "
    "a ship, nothing where that is not known"
)
DRONE = "air strike for a drone, whether it drops its munition or dives with it"
_ROCKET = (
    "what launched it: ground attack for rockets from the ground, air strike for those from an aircraft, ballistic "
    "missile for one missile from afar"
)
_BOMBING = "what delivered it: air strike from an aircraft, ground attack by guns, mortars or rockets from the ground"
_PLANTED = "nothing: a charge that somebody planted or drove there is none of the modes"

_HOW_TO_RECORD: Sequence[tuple[str, frozenset[str]]] = (
    (CRUISE_MISSILE, frozenset(
        {"cruise", "крилата", "крилаті", "крылатая", "крылатые", "كروز", "مجنح", "مجنحة", "جوالة"}
    )),
    (DRONE, frozenset(
        {"drone", "uav", "ucav", "uas", "fpv", "loitering", "kamikaze", "quadcopter", "бпла", "дрон", "дрони", "дроны",
         "безпілотник", "беспилотник", "шахед", "shahed", "درون", "مسيرة", "مسيره", "مسيرات"}
    )),
    (_PLANTED, frozenset({"ied", "vbied", "landmine", "car", "suicide", "لغم", "مفخخة", "مفخخه"})),
    (_ROCKET, frozenset({"rocket", "missile", "صاروخ", "صواريخ", "صاروخي", "ракета", "ракети", "ракеты", "ракетний",
                         "ракетный"})),
    (_BOMBING, frozenset({"bombing", "bomb", "bombardment", "قصف", "обстріл", "обстрел", "бомбардування",
                          "бомбардировка"})),
)  # fmt: skip


def mode_of(text: str) -> str | None:
    """The mode that ordinary words mean, whatever their case, articles, accents or a plural s; None where none or
    several.

    >>> mode_of("Mortar shells"), mode_of("Rockets")
    ('ground attack', None)
    """
    return _MODE_OF.get(_key(text))


def how_to_record(text: str) -> str | None:
    """What to write in place of words for which there is no mode, or more than one; None where they are not known."""
    words = {_singular(word) for word in name_words(text)}
    return next((sentence for sentence, known in _HOW_TO_RECORD if words & _folded(known)), None)


def _key(text: str) -> str:
    return " ".join(_singular(word) for word in without_articles(name_words(text)))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.isascii() and word.endswith("s") and not word.endswith("ss") else word


def _folded(known: frozenset[str]) -> set[str]:
    return {_singular(part) for word in known for part in name_words(word)}


_MODE_OF = {_key(word): mode for mode, words in MODE_WORDS.items() for word in (mode, *words)}
