"""The tables of the case format, as data (docs/formats/case-format.md explains each in words)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from consilience.records.columns import Column, Kind, Table

MODES = ("air strike", "barrel bomb", "ground attack", "ballistic missile")
"""How a weapon was delivered."""

PRECISIONS = ("minute", "about", "hour", "part_of_day", "day")
"""From fine to coarse. What is coarser than `hour` never enters a track."""

TIME_WORDS = (
    "dawn", "morning", "noon", "afternoon", "sunset", "evening", "night",
    "fajr", "sunrise", "dhuhr", "asr", "maghrib", "isha",
)  # fmt: skip
"""Parts of the day and the prayers that stand for them."""

EVIDENCE_TABLES: Final[Mapping[str, str]] = {
    "account": "accounts", "sighting": "sightings", "transmission": "transmissions", "media": "media",
    "imagery": "imagery", "munition": "munitions", "detection": "detections", "status": "site_status",
}  # fmt: skip
"""Kind of a piece of evidence to its table: an id alone may stand in two tables. A flight (`track`) stands in none."""

PERCEPTIONS = ("saw", "heard", "felt", "told", "inferred")
ORGANISATION: Final = "organisation"
"""The one role that is nobody's own."""
ROLES = (
    "direct_witness", "medical_worker", "teacher", "civil_defence", "displaced_person", "local_aid_worker",
    "international_aid_worker", "un_staff", "flight_spotter", "radio_monitor", "journalist", "media_uploader",
    "satellite_analyst", ORGANISATION,
)  # fmt: skip
FACILITY_KINDS = (
    "hospital", "clinic", "school", "kindergarten", "ambulance_station", "idp_camp", "market", "residential",
    "place_of_worship", "other",
)  # fmt: skip
PARTY_BASES = (
    "saw_markings", "aircraft_type", "radio_warning", "spotter_warning", "munition", "assumption", "hearsay",
)  # fmt: skip
ACTIVITIES = ("takeoff", "transit", "circling", "strike", "return", "landing")
HEADINGS = (
    "north", "north east", "east", "south east", "south", "south west", "west", "north west",
)  # fmt: skip
PHRASE_CLASSES = ("target_coordinates", "target_in_sight", "cleared", "weapon_release", "returning", "other")
SHOWS = ("strike", "smoke", "aircraft", "munition_remnant", "damage", "casualties", "rescue")
DAMAGE = ("none", "possible", "moderate", "destroyed")
CONSENTS = ("analysis", "quote", "name", "image", "partner", "un", "court", "public")
SAID_OF_A_PLACE = ("yes", "no", "not_asked")
STATUS_COLUMNS = ("in_use", "emblem_visible", "fighters", "weapons", "vehicles", "warning_given", "evacuated")
"""Columns of `site_status` that say one of SAID_OF_A_PLACE."""
LOG_KINDS = ("sightings", "transmissions", "detections")
DETECTION_KINDS = ("fire", "air_raid_alert", "seismic", "outage", "weather")
CONTEXT_KINDS = ("offensive", "cease_fire", "displacement", "deaths", "humanitarian")


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, weak=True) for name in names)


def _personal(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, weak=True, personal=True) for name in names)


def _counts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.COUNT, weak=True) for name in names)


_EXHIBIT = _text("item", "locator")
_POSITION = (Column("lat", Kind.LATITUDE), Column("lon", Kind.LONGITUDE))
_POSITION_ERROR = Column("position_error_m", Kind.NUMBER)
_VAGUE = (
    "what is vague stands beside a date: time_end (until when at the latest), time_precision (about, hour, …) or "
    "time_words (morning, evening, …)"
)
_TIME = (
    Column("time", Kind.TIME, hint=_VAGUE),
    Column("time_end", Kind.TIME),
    Column("time_precision", Kind.ENUM, PRECISIONS),
    Column("time_words", Kind.ENUM, TIME_WORDS),
)
_TIME_AS_TOLD = (
    Column("time", Kind.TIME, weak=True, hint=_VAGUE),
    Column("time_end", Kind.TIME, weak=True, takes=("time",)),
    Column("time_precision", Kind.ENUM, PRECISIONS, weak=True, takes=("time", "time_end")),
    Column("time_words", Kind.ENUM, TIME_WORDS, weak=True),
)
"""A claim stays one without its time, but a wider or vaguer time must not become a sharp one."""
_SOURCE = Column("source_id", Kind.ID, refers_to="sources", weak=True)
_FACILITY = Column("facility_id", Kind.ID, refers_to="facilities", weak=True)
_INCIDENT = Column("incident_id", Kind.ID, refers_to="incidents")


def _key(name: str) -> Column:
    return Column(name, Kind.ID, required=True)


_ALL = (
    Table("sources", (
        _key("source_id"), Column("role", Kind.ENUM, ROLES, weak=True),
        Column("reliability", Kind.ENUM, tuple("ABCDEF"), weak=True),
        Column("depends_on", Kind.IDS, refers_to="sources", weak=True), *_personal("note"),
    ), "source_id"),
    Table("interviews", (
        _key("interview_id"), _SOURCE, Column("date", Kind.TIME, weak=True),
        Column("how", Kind.ENUM, ("remote", "in_person"), weak=True), *_text("language"),
        *_personal("interpreter", "interviewer", "others_present"), Column("free_recall_first", Kind.YES_NO, weak=True),
        Column("recording", Kind.ENUM, ("none", "sealed", "destroyed"), weak=True),
        Column("shown_or_told_before", Kind.IDS, weak=True), *_personal("earlier_interviews_by", "risk_assessed_by"),
        Column("consent", Kind.ENUMS, CONSENTS), Column("consent_until", Kind.TIME), Column("withdrawn_on", Kind.TIME),
        Column("recontact_ok", Kind.YES_NO, weak=True), *_EXHIBIT,
    ), "interview_id"),
    Table("facilities", (
        _key("facility_id"), *_text("name", "name_local"), Column("kind", Kind.ENUM, FACILITY_KINDS, weak=True),
        Column("lat", Kind.LATITUDE, weak=True), Column("lon", Kind.LONGITUDE, weak=True),
        Column("position_error_m", Kind.NUMBER, weak=True), *_text("deconflicted", "place"), *_EXHIBIT,
    ), "facility_id"),
    Table("site_status", (
        _key("status_id"), _FACILITY, Column("from", Kind.TIME), Column("to", Kind.TIME), _SOURCE,
        *(Column(name, Kind.ENUM, SAID_OF_A_PLACE) for name in (
            "in_use", "emblem_visible", "fighters", "weapons", "vehicles")),
        Column("nearest_military_m", Kind.NUMBER), Column("warning_given", Kind.ENUM, SAID_OF_A_PLACE),
        Column("warning_lead_min", Kind.NUMBER), Column("evacuated", Kind.ENUM, SAID_OF_A_PLACE),
        *_text("services_lost"), Column("out_of_service_days", Kind.NUMBER), *_EXHIBIT,
    ), "status_id"),
    Table("places", (
        _key("place"), Column("lat", Kind.LATITUDE, required=True), Column("lon", Kind.LONGITUDE, required=True),
        Column("position_error_m", Kind.NUMBER, weak=True), Column("names", Kind.IDS, weak=True), *_EXHIBIT,
    ), "place"),
    Table("incidents", (
        _key("incident_id"), *_text("title"), _FACILITY, *_text("place"), Column("window_start", Kind.TIME, weak=True),
        Column("window_end", Kind.TIME, weak=True), *_text("status"), *_EXHIBIT,
    ), "incident_id"),
    Table("accounts", (
        _key("account_id"), _INCIDENT, _SOURCE,
        Column("interview_id", Kind.ID, refers_to="interviews", weak=True),
        Column("perception", Kind.ENUM, PERCEPTIONS, weak=True), *_TIME_AS_TOLD, _FACILITY, *_text("place"),
        Column("mode", Kind.ENUM, (*MODES, "cluster munition"), weak=True), Column("cluster", Kind.YES_NO, weak=True),
        *_text("platform", "munition"), Column("party", Kind.PARTY, weak=True),
        Column("party_basis", Kind.ENUM, PARTY_BASES, weak=True),
        *_counts("strikes", "killed_min", "killed_max", "injured_min", "injured_max"), *_EXHIBIT,
    ), "account_id"),
    Table("sightings", (
        _key("sighting_id"), _SOURCE, *_TIME, *_text("place"), *_POSITION, *_text("platform"),
        Column("operator", Kind.PARTY, weak=True), Column("activity", Kind.ENUM, ACTIVITIES, weak=True),
        Column("heading", Kind.ENUM, HEADINGS, weak=True), *_text("origin"), *_counts("count"), *_EXHIBIT,
    ), "sighting_id"),
    Table("transmissions", (
        _key("transmission_id"), _SOURCE, *_TIME, Column("duration_s", Kind.NUMBER),
        Column("frequency_mhz", Kind.NUMBER), *_text("language", "callsign"),
        Column("phrase", Kind.ENUM, PHRASE_CLASSES), *_text("transcript"), *_POSITION, *_EXHIBIT,
    ), "transmission_id"),
    Table("coverage", (
        Column("kind", Kind.ENUM, LOG_KINDS, required=True), Column("from", Kind.TIME, required=True),
        Column("to", Kind.TIME, required=True), Column("area", Kind.AREA, all_if_empty=True),
        Column("source_id", Kind.ID, refers_to="sources", all_if_empty=True), *_personal("note"),
    ), None),
    Table("media", (
        _key("media_id"), _INCIDENT, *_text("link_basis"),
        Column("link_status", Kind.ENUM, ("proposed", "confirmed", "rejected")), _SOURCE, *_text("item"),
        *_personal("url"), Column("captured_at", Kind.TIME, weak=True),
        Column("capture_precision", Kind.ENUM, PRECISIONS, weak=True, takes=("captured_at",)),
        Column("clock_offset_s", Kind.NUMBER, weak=True, takes=("captured_at",)),
        Column("uploaded_at", Kind.TIME, weak=True), _FACILITY, *_POSITION,
        _POSITION_ERROR, Column("camera_lat", Kind.LATITUDE), Column("camera_lon", Kind.LONGITUDE),
        Column("heading_deg", Kind.NUMBER), Column("shows", Kind.ENUMS, SHOWS, weak=True),
        Column("shadow_azimuth_deg", Kind.NUMBER), Column("shadow_height_ratio", Kind.NUMBER), *_text("locator"),
    ), "media_id"),
    Table("imagery", (
        _key("scene_id"), _INCIDENT, _FACILITY, *_text("item", "sensor"), Column("acquired_at", Kind.TIME),
        Column("gsd_m", Kind.NUMBER), Column("off_nadir_deg", Kind.NUMBER), Column("cloud_at_site", Kind.NUMBER),
        Column("damage", Kind.ENUM, DAMAGE), *_text("analyst", "locator"),
    ), "scene_id"),
    Table("munitions", (_key("munition_id"), _INCIDENT, *_text("name", "basis"), *_EXHIBIT), "munition_id"),
    Table("detections", (
        _key("detection_id"), Column("kind", Kind.ENUM, DETECTION_KINDS), _SOURCE, Column("time", Kind.TIME),
        Column("time_end", Kind.TIME), *_POSITION, _POSITION_ERROR, Column("value", Kind.NUMBER),
        *_text("confidence"), *_EXHIBIT,
    ), "detection_id"),
    Table("casualties", (
        *_text("list_id"), _key("record_id"), _INCIDENT, *_personal("name"), *_text("sex", "age", "status"),
        Column("date_of_death", Kind.TIME, weak=True), *_text("place"), _SOURCE, *_EXHIBIT,
    ), "record_id"),
    Table("leads", (
        _key("lead_id"), *_personal("url"), Column("found_at", Kind.TIME, weak=True), *_personal("found_by"),
        *_text("via"), Column("posted_at", Kind.TIME, weak=True),
        *_text("archive_status", "triage", "content_label"), _INCIDENT, *_personal("why_excluded"), *_EXHIBIT,
    ), "lead_id"),
    Table("searches", (
        _key("search_id"), _INCIDENT, *_text("what", "provider", "query"), Column("date", Kind.TIME, weak=True),
        *_text("result"), *_EXHIBIT,
    ), "search_id"),
    Table("context", (
        _key("context_id"), Column("from", Kind.TIME, weak=True), Column("to", Kind.TIME, weak=True),
        *_text("area"), Column("kind", Kind.ENUM, CONTEXT_KINDS, weak=True), Column("value_min", Kind.NUMBER),
        Column("value_max", Kind.NUMBER), *_text("what"), _SOURCE, *_EXHIBIT,
    ), "context_id"),
    Table("letters", (
        _key("letter_id"), Column("party", Kind.PARTY), *_personal("addressee"), Column("sent_on", Kind.TIME),
        Column("due_on", Kind.TIME), Column("replied_on", Kind.TIME), *_personal("not_sought_why"), *_EXHIBIT,
    ), "letter_id"),
    Table("published", (
        _INCIDENT, *_text("by"), Column("party", Kind.PARTY, weak=True), Column("mode", Kind.ENUM, MODES, weak=True),
        Column("cluster", Kind.YES_NO, weak=True), *_text("strength", "url"), *_EXHIBIT,
    ), None),
)  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
"""Every table that a run reads. `identities` is not among them: it is read to be sealed, and for nothing else."""

IDENTITIES = "identities"
"""The table of names: read to be sealed, and never a table of the case."""

IDENTITY_TABLE = Table(IDENTITIES, (_key("source_id"), *_personal("name", "contact", "note")), None)
"""A source may have several rows; nothing of them is ever shown but to who unseals them."""

NEVER_AN_INPUT = ("published", "context", "letters", "leads", "searches")
"""Tables that no weighing may read (rule of the house; tests/architecture proves it)."""
