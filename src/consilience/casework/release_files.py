"""What goes into a release: the report in its forms, tables, a map, groups of sources, and pictures that were decided.

Everything is made in memory, so that nothing stands on the disk before every gate is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consilience.casework.pipeline import Found
from consilience.errors import PublishError
from consilience.publish.media_copies import PICTURE_SUFFIXES, Region, picture_copy, regions_of
from consilience.publish.profiles import Profile
from consilience.publish.redaction import OTHER_GROUP, coarse_day
from consilience.publish.release_tables import as_files, groups_table, release_map, release_tables
from consilience.publish.tables_readme import Beside, readmes
from consilience.publish.withheld_figures import without_withheld_figures
from consilience.records.consent import agreeing_interviews, agreeing_people
from consilience.records.decisions import BLUR, SHOW, Decision

NOT_STATED = "not stated"
"""What stands for a role, place, day or manner that the case does not give."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures that go out, by their path in the release, and why others that were decided can't."""

    files: Mapping[str, bytes]
    flaws: tuple[str, ...]


def data_files(found: Found, profile: Profile) -> dict[str, bytes]:
    """Tables, what each of their figures counts, map and groups of sources under a profile, by path."""
    files = release_tables(without_withheld_figures(found.findings, found.records, profile), profile)
    files["map.geojson"] = release_map(found.findings, _places(found), profile)
    files |= as_files("sources", groups_table(_roles(found, profile), ("role", "place"), profile))
    interviews = groups_table(_interviews(found, profile), ("when", "how"), profile)
    if not interviews.is_empty():
        files |= as_files("interviews", interviews)
    return files | readmes(files, profile, _beside(found))


def _beside(found: Found) -> Beside:
    """The numbers that the report gives: every source of the case, and people interviewed."""
    tables = found.records.tables
    people = {
        source or interview
        for interview, source in tables["interviews"].select("interview_id", "source_id").iter_rows()
    }
    return Beside(sources=tables["sources"].height, people=len(people))


def pictures(found: Found, decisions: Sequence[Decision]) -> Pictures:
    """Copies of the pictures that a decision names, `media/1.jpg` on, in the order of their paths in the case.

    A picture that is named by no decision stays here, and so does every video, and every file that the records have
    not: it belongs to a source that is sealed or has withdrawn. Where both kinds of decision name one,
    the later wins.
    """
    last: dict[str, Decision] = {one.target: one for one in decisions if one.kind in (BLUR, SHOW)}
    exhibits = {str(file.path) for file in found.records.files if file.table is None}
    files: dict[str, bytes] = {}
    flaws: list[str] = []
    for number, (item, decision) in enumerate(sorted(last.items()), 1):
        if item not in exhibits:
            flaws.append(
                f"{item}: is no exhibit that may be used: its source is sealed or has withdrawn, or it is gone"
            )
            continue
        if not item.casefold().endswith(PICTURE_SUFFIXES):
            flaws.append(f"{item}: is no picture of a form that can be copied; videos do not go out")
            continue
        regions: tuple[Region, ...] = regions_of(decision.value) if decision.kind == BLUR else ()
        try:
            files[f"media/{number}.jpg"] = picture_copy((found.case / item).read_bytes(), item, regions)
        except PublishError as err:
            flaws.append(f"{item}: {err.what}")
        except OSError:
            flaws.append(f"{item}: can't be read")
    return Pictures(files, tuple(flaws))


def _places(found: Found) -> Mapping[str, list[tuple[float, float]]]:
    """Every place that each incident can have been at: its facility's, or of the town or area that it names."""
    rows = found.evidence.incidents.select("incident_id", "sites").iter_rows()
    return {incident: [(site["lat"], site["lon"]) for site in sites or ()] for incident, sites in rows}


def _roles(found: Found, profile: Profile) -> Iterable[tuple[str, ...]]:
    """Role and place of each source that told of an incident: the place of the first of them. Of a person who was
    interviewed and did not agree to this use neither is told: he or she is counted among the others.
    """
    agreed, interviewed = agreeing_people(found.records, profile.consent), _people(found)
    tables = found.records.tables
    places = dict(tables["incidents"].select("incident_id", "place").iter_rows())
    first: dict[str, Any] = {}
    for source_id, incident_id in tables["accounts"].select("source_id", "incident_id").iter_rows():
        first.setdefault(source_id, places.get(incident_id))
    for row in tables["sources"].iter_rows(named=True):
        if row["source_id"] not in first:
            continue
        if row["source_id"] in interviewed - agreed:
            yield (OTHER_GROUP, OTHER_GROUP)
        else:
            yield row["role"] or NOT_STATED, first[row["source_id"]] or NOT_STATED


def _interviews(found: Found, profile: Profile) -> Iterable[tuple[str, ...]]:
    """Month, or day, and manner of each interview; neither of those that were not given for this use."""
    zone, agreed = found.records.settings.zone, agreeing_interviews(found.records, profile.consent)
    for row in found.records.tables["interviews"].iter_rows(named=True):
        if row["interview_id"] not in agreed:
            yield (OTHER_GROUP, OTHER_GROUP)
            continue
        when: datetime | None = row["date_lo"]
        day = NOT_STATED if when is None else coarse_day(when.astimezone(zone).date(), profile)
        yield day, row["how"] or NOT_STATED


def _people(found: Found) -> frozenset[str]:
    """Sources who were interviewed, or of whom an interview can't be read."""
    return frozenset(found.records.tables["interviews"]["source_id"].drop_nulls()) | found.records.unread_consent
