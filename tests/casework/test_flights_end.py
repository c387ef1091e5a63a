"""A search for flights that never ends hangs a run without a word; one log on which it once did, in a child process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

JOIN = """
import sys
from pathlib import Path
from consilience.casework.situating import join_flights, situate_case
from consilience.readings.case_folder import read_case
from consilience.worlds.make import make_world

place = Path(sys.argv[1])
make_world(seed=301, attacks=200, days=60, out=place, kind="few_spotters")
evidence = situate_case(read_case(place / "case"), place / "case").evidence
legs = join_flights(evidence)
assert legs["sighting_id"].n_unique() == legs.height, "a sighting is in one flight alone"
for _, flight in legs.group_by("track_id"):
    assert sorted(flight["leg"]) == list(range(flight.height)), "the legs of a flight are counted through"
print("ended")
"""


def test_the_search_for_flights_ends_on_a_log_that_once_put_a_flight_behind_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", JOIN, str(tmp_path / "war")], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stdout.strip() == "ended", done.stderr
