"""A synthetic case with all that a bundle must withhold: names, posts, clocks, recordings, a source who said no.

Every secret text bears the word CANARY, every secret number is in `SECRET_NUMBERS`: none may be found in a bundle for
partners. No real incident, no real person.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

CASE_TOML = """\
[case]
id = "synthetic"
title = "A synthetic case"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]
"""
TABLES = {
    "facilities": [
        "facility_id,name,kind,lat,lon",
        "F1,Hospital one,hospital,35.600,36.600",
        "F2,School two,school,35.9,36.9",
    ],
    "places": ["place,lat,lon,position_error_m", "Northtown,35.62,36.60,2000"],
    "published": ["incident_id,by,party,mode", "I1,A later reader,Syrian,air strike"],
    "sources": [
        "source_id,role,depends_on,note",
        "W1-CANARY,direct_witness,,name is CANARY one",
        "W2-CANARY,medical_worker,,",
        "W3-CANARY,direct_witness,,CANARY said no",
        "W4-CANARY,direct_witness,,CANARY is sealed",
        "SP-CANARY,flight_spotter,,post on the CANARY hill",
        "RM-CANARY,radio_monitor,,",
        "ORG-CANARY,organisation,W3-CANARY,",
    ],
    "interviews": [
        "interview_id,source_id,date,how,language,interpreter,interviewer,recording,consent,item",
        "IV1,W1-CANARY,2017-05-01,remote,Arabic,CANARY interpreter,CANARY interviewer,none,analysis;partner;court,"
        "recordings/CANARY-voice.ogg",
        "IV4,W4-CANARY,2017-05-01,remote,Arabic,,,sealed,analysis;partner;court,recordings/CANARY-sealed.ogg",
        "IV8,,2017-05-02,in_person,Arabic,,,none,analysis;partner;court,",
        "IV3,W3-CANARY,2017-05-02,in_person,Arabic,CANARY interpreter,,none,analysis,",
    ],
    "site_status": [
        "status_id,facility_id,from,to,source_id,in_use,fighters,weapons",
        "ST1,F1,2017-04-01,2017-04-03,W2-CANARY,yes,yes,no",
    ],
    "coverage": [
        "kind,from,to,area,source_id,note",
        "sightings,2017-04-01T00:00,2017-04-03T00:00,,SP-CANARY,CANARY watch",
    ],
    "sightings": [
        "sighting_id,source_id,time,place,lat,lon,platform,activity,item",
        "S1,SP-CANARY,2017-04-02T10:00,Northtown,35.612347,36.601237,Su-24,circling,log/CANARY-page.txt",
        "S2,SP-CANARY,2017-04-02T10:04,Northtown,,,Su-24,circling,",
        "S4,SP-CANARY,2017-04-02T18:00,Northtown,,,Mi-8,,",
    ],
    "transmissions": [
        "transmission_id,source_id,time,language,phrase,item",
        "R1,RM-CANARY,2017-04-02T10:02,Russian,weapon_release,log/CANARY-tape.txt",
    ],
    "accounts": [
        "account_id,incident_id,source_id,interview_id,perception,time,time_precision,facility_id,mode,party,platform,"
        "killed_min,killed_max,item,memo",
        "A1,I1,W1-CANARY,IV1,saw,2017-04-02T10:05,minute,F1,air strike,Russian,,1,2,,CANARY memo",
        "A2,I1,W2-CANARY,,heard,2017-04-02T10:10,about,F1,air strike,,,,,,",
        "A3,I1,W3-CANARY,IV3,saw,2017-04-02T10:07,minute,F1,ground attack,Syrian,CANARYjet,,,told/CANARY-sketch.txt,",
        "A4,I1,ORG-CANARY,,told,2017-04-02T10:30,about,F1,air strike,,,,,,",
        "A6,I1,W4-CANARY,IV4,saw,2017-04-02T10:06,minute,F1,air strike,Syrian,CANARYplane,47,53,,",
        "A7,I1,,IV3,told,2017-04-02T10:20,about,F1,air strike,,CANARYword,,,,",
        "A8,I1,,IV8,told,2017-04-02T10:25,about,F1,air strike,,CANARYtold,,,,",
        "A5,I2,W2-CANARY,,heard,2017-04-02T18:10,about,F2,air strike,,,,,,",
    ],
    "media": [
        "media_id,incident_id,source_id,item,url,uploaded_at,clock_offset_s,camera_lat,camera_lon,heading_deg,shows",
        "M1,I1,W2-CANARY,media/smoke.txt,https://example.org/CANARY,2017-04-02T11:00,4711.25,35.598761,36.598763,187.25,"
        "smoke",
        "M2,I1,W2-CANARY,media/both.txt,,2017-04-02T11:30,,,,,damage",
        "M5,I1,ORG-CANARY,media/smoke-again.txt,,2017-04-02T11:40,,,,,smoke",
        "M3,I2,W3-CANARY,media/same-as-both.txt,,2017-04-02T19:30,,,,,damage",
        "M4,I1,W2-CANARY,media/CANARY-not-there.txt,,2017-04-02T12:30,,,,,",
    ],
    "casualties": ["list_id,record_id,incident_id,name,sex,age", "L,C1,I1,CANARY victim,f,30"],
    "leads": ["lead_id,url,found_by,incident_id,why_excluded", "LD1,https://CANARY.example,CANARY,I1,CANARY why"],
    "searches": [
        "search_id,incident_id,what,provider,query,date,result",
        "SE1,I1,imagery,a provider,hospital one,2017-05-03,none",
        "SE2,,other causes,a provider,accident,2017-05-03,one report of a storm",
        "SE3,I2,imagery,a provider,school two,2017-05-03,none",
        "SE4,I1,imagery,a provider,later,2017-05-03,",
    ],
    "letters": ["letter_id,party,addressee,sent_on,replied_on", "LT1,Russian,CANARY addressee,2017-06-01,2017-06-20"],
}  # fmt: skip

EXHIBITS = {
    "recordings/CANARY-voice.ogg": b"CANARY: a voice",
    "recordings/CANARY-sealed.ogg": b"CANARY: a sealed voice",
    "log/CANARY-page.txt": b"CANARY: a page of a log",
    "log/CANARY-tape.txt": b"CANARY: a tape",
    "told/CANARY-sketch.txt": b"CANARY: a sketch",
    "media/smoke.txt": b"what stands for a video of smoke",
    "media/smoke-again.txt": b"what stands for a video of smoke",
    "media/both.txt": b"bytes that two sources sent",
    "media/same-as-both.txt": b"bytes that two sources sent",
    "unrelated.txt": b"cited by nobody",
}
SHOWN = ("media/smoke-again.txt", "media/smoke.txt")
"""The only exhibits of I1 that may be shown, of equal bytes. Those of `both.txt` W3, who said no, also sent."""

SECRET_NUMBERS = ("35.612347", "36.601237", "4711.25", "35.598761", "36.598763", "187.25", "Northtown")
"""Posts, cameras and clocks; and the place of a sighting, which partners are not shown."""


def write_bundle_case(folder: Path) -> Path:
    """The case, its tables and its exhibits."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(CASE_TOML)
    for table, lines in TABLES.items():
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n")
    for name, data in EXHIBITS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def secrets_of(case: Path) -> list[bytes]:
    """What may not be found in a bundle for partners: words, numbers, and digests of exhibits that are not shown."""
    digests = [hashlib.sha256(data).hexdigest() for name, data in EXHIBITS.items() if name not in SHOWN]
    digests += [hashlib.sha256(table.read_bytes()).hexdigest() for table in case.glob("*.csv")]
    return [b"CANARY", *(text.encode() for text in (*SECRET_NUMBERS, *digests))]


def load(bag: Path, name: str) -> dict[str, object]:
    """A file of the payload."""
    content: dict[str, object] = json.loads((bag / "data" / name).read_text("utf-8"))
    return content
