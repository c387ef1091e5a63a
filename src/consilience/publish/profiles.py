"""Publication profiles: which fields may be printed for whom, as allow-lists. What is not named here is not printed.

A profile is data. `statements.admitted` applies it once, before any sentence is made, so that what composes sentences
never holds what its readers may not see; the leak scan of a release reads the same lists.

=========  ============================================================================================================
public     everybody. No source under its case id, no single entry of an observer's log, no time or address of a post
partner    an organisation that works on the same case under an agreement: sources under their case ids; of log entries
           when and what, not where
court      a court or a mechanism: as partner, with likelihood ratios and no posterior (ENFSI 2015, 2.4, 4)
=========  ============================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consilience.quantities import Metres

Columns = Mapping[str, tuple[str, ...]]
"""Canonical table to the columns of it that may be printed. A time's column stands for its canonical parts too."""

_TIME = ("time", "time_precision", "time_words")
_CLAIM = (
    "account_id", "incident_id", "perception", *_TIME, "facility_id", "place", "mode", "cluster", "platform",
    "munition", "party", "party_basis", "strikes", "killed_min", "killed_max", "injured_min", "injured_max",
)  # fmt: skip
_STATUS = (
    "status_id", "facility_id", "from", "to", "in_use", "emblem_visible", "fighters", "weapons", "vehicles",
    "nearest_military_m", "warning_given", "warning_lead_min", "evacuated", "services_lost", "out_of_service_days",
)  # fmt: skip

_PUBLIC: dict[str, tuple[str, ...]] = {
    "sources": ("role",),
    "interviews": ("interview_id", "how"),
    "facilities": ("facility_id", "name", "name_local", "kind", "lat", "lon", "position_error_m", "deconflicted"),
    "site_status": _STATUS,
    "incidents": ("incident_id", "title", "facility_id", "place", "window_start", "window_end"),
    "accounts": _CLAIM,
    "sightings": ("sighting_id",),
    "transmissions": ("transmission_id", "phrase", "language"),
    "coverage": ("kind",),
    "media": ("media_id", "incident_id", "link_status", "shows"),
    "imagery": ("scene_id", "incident_id", "sensor", "acquired_at", "damage"),
    "munitions": ("munition_id", "incident_id", "name", "basis"),
    "detections": ("detection_id", "kind", "time", "value", "confidence"),
    "context": ("context_id", "from", "to", "area", "kind", "value_min", "value_max", "what", "locator"),
    "letters": ("letter_id", "party", "sent_on", "due_on", "replied_on"),
    "published": ("incident_id", "by", "party", "mode", "cluster", "strength"),
}
"""No `source_id`, `item`, `url`, `uploaded_at`, `note` and `analyst`: each may lead to a person."""

_PARTNER: Columns = _PUBLIC | {
    "sources": ("source_id", "role", "reliability", "depends_on"),
    "interviews": ("interview_id", "source_id", "date", "how", "language"),
    "site_status": (*_STATUS, "source_id"),
    "accounts": (*_CLAIM, "source_id"),
    "sightings": ("sighting_id", *_TIME, "platform", "operator", "activity", "count"),
    "transmissions": ("transmission_id", *_TIME, "language", "callsign", "phrase", "frequency_mhz"),
    "media": ("media_id", "incident_id", "link_status", "source_id", "captured_at", "uploaded_at", "shows"),
    "detections": (*_PUBLIC["detections"], "source_id"),
    "context": (*_PUBLIC["context"], "source_id"),
    "letters": (*_PUBLIC["letters"], "addressee"),
    "searches": ("search_id", "incident_id", "what", "date", "result"),
}  # fmt: skip
"""Still no addresses of posts, notes, analysts or files: they travel in the bundle, not in a report. Entries of a log
stand without their source and its hours: together these lead to an observer (`records.restricted_fields`). Nor where
and whither an aircraft flew: an observer puts it over a town near himself, and the towns over which flights were drawn
led to posts (docs/proof.md, Observers' posts). A court reads no more of it here: it can have single rows opened in its
bundle, which withholds the same."""

_ALWAYS = ("incident_id", "title", "facility_id", "casualties", "confidence", "evidence", "why_null")
_POSTERIOR = (
    "attack_probability", "cause", "time", "mode", "cluster", "platform", "party", "together", "party_range",
    "attribution", "breakdown", "tracks", "sensitivity", "next_evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """For whom a publication is made.

    `findings` are the blocks of an incident in findings.json that may be said. `coordinate_decimals` is how finely a
    position is given, degrees. `least_role` is the fewest persons of one role that are counted by their role.
    `consent` is the word of `interviews.consent` that a person must have given for what he or she said to be repeated.
    """

    name: str
    columns: Columns
    findings: tuple[str, ...]
    coordinate_decimals: int
    least_role: int
    consent: str

    @property
    def coordinate_step_m(self) -> Metres:
        """How finely a position is given, about: a degree has some 100,000 m, and each decimal is a tenth."""
        return float(10 ** (5 - self.coordinate_decimals))

    @property
    def shows_posterior(self) -> bool:
        """May a probability that something happened, or that somebody did it, be said?"""
        return "party" in self.findings

    @property
    def names_sources(self) -> bool:
        """May a source stand under the pseudonym that the case uses?"""
        return "source_id" in self.columns["sources"]

    @property
    def shows_log_entries(self) -> bool:
        """May single entries of observers' logs be told: when somebody noted what?"""
        return "time" in self.columns["sightings"]


PROFILES: Mapping[str, Profile] = {
    "public": Profile(
        "public", _PUBLIC, (*_ALWAYS, *_POSTERIOR, "rival", "log10_lr"), coordinate_decimals=2, least_role=3,
        consent="public",
    ),
    "partner": Profile(
        "partner", _PARTNER, (*_ALWAYS, *_POSTERIOR, "rival", "log10_lr"), coordinate_decimals=4, least_role=1,
        consent="partner",
    ),
    "court": Profile(
        "court", _PARTNER, (*_ALWAYS, "log10_lr"), coordinate_decimals=5, least_role=1, consent="court",
    ),
}  # fmt: skip
"""Two decimals of a degree are about a kilometre, four ten metres. A role that fewer than three persons share may be an
office with one holder, which is a name (our choice, after the k = 3 that statistical offices use least)."""
