"""`case.toml`: what the case is called, whose clocks it speaks of, whom it tells apart."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from consilience.errors import CaseFileInvalid
from consilience.quantities import zone_named
from consilience.readings.characters import squeezed
from consilience.records.case import DATE_ORDERS, SINGLE_SOURCE_RULES, CaseSettings
from consilience.records.weighed import OTHER

CASE_FILE = "case.toml"
_LARGEST = 1 << 20
"""Bytes. Our choice: a hundred times the largest that anybody would write by hand."""


def _plain_date(value: object) -> object:
    """TOML writes a day without quotation marks; with them, or with a clock time, it is something else."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("must be a date such as 2017-04-30, without quotation marks or a clock time")
    return value


Day = Annotated[date, BeforeValidator(_plain_date)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Case(BaseModel):
    """The table `[case]`, as people write it."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)

    id: Annotated[Name, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    title: str = ""
    time_zone: Name
    parties: Annotated[list[Name], Field(min_length=1)]
    period_start: Day | None = None
    period_end: Day | None = None
    as_of: Day | None = None
    area: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None
    orbat: Name | None = None
    attribution_level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    single_source: str = "warn"
    reviewers: Annotated[int, Field(ge=1, le=2)] = 1
    date_order: str | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            zone_named(name)
        except ZoneInfoNotFoundError as err:
            raise ValueError("must be an IANA name such as Asia/Damascus") from err
        return name

    @field_validator("single_source")
    @classmethod
    def _known_rule(cls, rule: str) -> str:
        if rule not in SINGLE_SOURCE_RULES:
            raise ValueError(f"must be one of {', '.join(SINGLE_SOURCE_RULES)}")
        return rule

    @field_validator("date_order")
    @classmethod
    def _known_order(cls, order: str | None) -> str | None:
        if order is not None and order not in DATE_ORDERS:
            raise ValueError('must be "dmy" (day first) or "mdy" (month first)')
        return order

    @field_validator("parties")
    @classmethod
    def _distinct_parties(cls, parties: list[str]) -> list[str]:
        plain = [squeezed(party) for party in parties]
        if len(set(plain)) < len(plain):
            raise ValueError("names a party twice")
        if OTHER in plain:
            raise ValueError(f"must not name {OTHER!r}: it always stands beside the parties")
        if any(mark in party for party in parties for mark in ";+"):
            raise ValueError("must not contain ; or +, which join parties in the tables")
        return parties

    @field_validator("area")
    @classmethod
    def _real_area(cls, area: list[float] | None) -> list[float] | None:
        if area is not None:
            west, south, east, north = area
            if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
                raise ValueError("must be west, south, east, north in degrees, west before east and south before north")
        return area

    @model_validator(mode="after")
    def _period_in_order(self) -> _Case:
        if self.period_start is not None and self.period_end is not None and self.period_end < self.period_start:
            raise ValueError("period_end is before period_start")
        return self


class _CaseFile(BaseModel):
    """The whole of `case.toml`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    case: _Case
    party_labels: dict[str, str] = Field(default_factory=dict)
    party_words: dict[str, list[Name]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _labels_name_parties(self) -> _CaseFile:
        strangers = sorted(set(self.party_labels) - {*self.case.parties, OTHER})
        if strangers:
            raise ValueError(f"party_labels: {', '.join(strangers)} is none of the parties")
        return self

    @model_validator(mode="after")
    def _words_mean_one_party(self) -> _CaseFile:
        parties = [*self.case.parties, OTHER]
        if strangers := sorted(set(self.party_words) - set(parties)):
            raise ValueError(f'party_words: {", ".join(strangers)} is none of the parties; write PARTY = ["word", …]')
        bearers = {squeezed(party): party for party in parties}
        for party, words in self.party_words.items():
            for word in words:
                if any(mark in word for mark in ";+"):
                    raise ValueError(f"party_words: {word!r} contains ; or +, which join parties in the tables")
                if bearers.setdefault(squeezed(word), party) != party:
                    raise ValueError(f"party_words: {word!r} means two parties")
        return self


def read_case_file(folder: Path) -> CaseSettings:
    """The settings of a case; CaseFileInvalid names the key, what is wrong with it and what to do."""
    return settings_of(_parse(folder / CASE_FILE))


def settings_of(content: dict[str, Any]) -> CaseSettings:
    """What the parsed content of a case.toml says; CaseFileInvalid as `read_case_file`."""
    try:
        said = _CaseFile.model_validate(content)
    except ValidationError as err:
        raise CaseFileInvalid(_first_complaint(err), where=CASE_FILE, remedy=_remedy(err)) from err
    case = said.case
    return CaseSettings(
        id=case.id,
        title=case.title or case.id,
        time_zone=case.time_zone,
        parties=tuple(case.parties),
        period_start=case.period_start,
        period_end=case.period_end,
        as_of=case.as_of,
        area=None if case.area is None else (case.area[0], case.area[1], case.area[2], case.area[3]),
        orbat=case.orbat,
        attribution_level=case.attribution_level,
        single_source=case.single_source,
        party_labels=dict(said.party_labels),
        reviewers=case.reviewers,
        date_order=case.date_order,
        party_words={party: tuple(words) for party, words in said.party_words.items()},
    )


def _parse(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise CaseFileInvalid(
            "there is no such file", where=str(file), remedy="Write one; `consilience new` shows how."
        )
    try:
        if file.stat().st_size > _LARGEST:
            raise CaseFileInvalid("is larger than 1 MiB", where=CASE_FILE, remedy="Keep tables in files of their own.")
        return tomllib.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except OSError as err:
        raise CaseFileInvalid("can't be read", where=str(file), remedy="Check its permissions.") from err
    except UnicodeDecodeError as err:
        raise CaseFileInvalid("is not UTF-8", where=CASE_FILE, remedy="Save it as UTF-8.") from err
    except tomllib.TOMLDecodeError as err:
        raise CaseFileInvalid(f"is not TOML: {err}", where=CASE_FILE, remedy="Correct that line.") from err


def _key_of(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"]) or "the file"


def _first_complaint(err: ValidationError) -> str:
    """Every key that is wrong, with what is wrong, in pydantic's words or ours."""
    return "; ".join(f"{_key_of(error)}: {_said(error)}" for error in err.errors())


def _said(error: Any) -> str:
    return "must be chosen" if error["type"] == "missing" else str(error["msg"].removeprefix("Value error, "))


def _remedy(err: ValidationError) -> str:
    keys = ", ".join(dict.fromkeys(_key_of(error) for error in err.errors()))
    return f"Correct {keys} in {CASE_FILE}; case-format.md says what each key means."
