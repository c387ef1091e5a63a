"""A long table is read in a time and memory that grow with it, and a bad row in it costs that row."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROWS = 150_000
"""A twelfth of what 200 MB hold; the whole is measured by hand (docs, reading)."""

MEASURE = """
import json, resource, sys, time
from pathlib import Path
from consilience.readings.case_folder import read_case
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
records = read_case(Path(sys.argv[1]))
print(json.dumps({
    "seconds": time.perf_counter() - start,
    "megabytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024,
    "rows": len(records.tables["sightings"]),
    "left_out": [[item.row, item.why.value] for item in records.left_out],
}))
"""


def test_a_long_log_is_read_quickly_and_in_little_memory(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(
        '[case]\nid = "long"\ntime_zone = "Asia/Damascus"\nparties = ["Syrian", "Russian"]\n', encoding="utf-8"
    )
    with (tmp_path / "sightings.csv").open("w", encoding="utf-8") as stream:
        stream.write("sighting_id,source_id,time,place,lat,lon,platform,activity,heading,count,locator\n")
        for row in range(ROWS):
            minute = row % 1440
            day = f"2017-{5 + row // 1440 % 5:02}-{1 + row // 7200 % 28:02}"
            clock = f"{day}T{minute // 60:02}:{minute % 60:02}:{row % 60:02}"
            time = "03/04/2019" if row == 77_777 else clock
            where = f"خان شيخون,{35.4 + row / ROWS / 10:.6f},36.65"
            stream.write(f'S{row},SPOT,{time},{where},Su-24,circling,north east,1,"p. {row}"\n')
    done = subprocess.run([sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["left_out"] == [[77_779, "ambiguous_time"]]
    assert found["rows"] == ROWS - 1
    assert found["seconds"] < 30
    assert found["megabytes"] < 600
