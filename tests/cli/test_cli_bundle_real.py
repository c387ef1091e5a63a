"""A bundle of each real case: whole by its own verifier, without a name of a source, with what exonerates in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from bundle_case import load
from case_copies import APRIL, OFFENSIVE, bytes_below, copy_case


@pytest.mark.parametrize(("name", "incidents", "profile"), [(APRIL, "I7", "court"), (OFFENSIVE, "I01,I05", "partner")])
def test_a_bundle_of_a_real_case_is_whole_and_names_no_source(
    tmp_path: Path, name: str, incidents: str, profile: str
) -> None:
    case, bag = copy_case(name, tmp_path / "case"), tmp_path / "bag"
    command = [sys.executable, "-m", "consilience", "bundle", str(case), "--incidents", incidents]
    asked = [*command, "--profile", profile, "--out", str(bag), "--json"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    check = [sys.executable, "-I", str(bag / "verify.py"), str(bag), "--root", told["root"]]
    checked = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "whole"), checked.stdout

    findings = load(bag, "findings.json")["incidents"]
    assert isinstance(findings, dict)
    assert list(findings) == incidents.split(",")
    for block in findings.values():
        assert {piece["group"].split()[0] for piece in block["evidence"]} == {"group"}
    named = pl.read_csv(case / "sources.csv", infer_schema=False)["source_id"].to_list()
    words = re.compile(
        rb"(?<![A-Za-z0-9_-])(" + b"|".join(re.escape(one.encode()) for one in named) + rb")(?![A-Za-z0-9_-])"
    )
    said = {file: words.findall(data) for file, data in bytes_below(bag).items() if file.startswith("data/rows")}
    assert not any(said.values()), said
    items = load(bag, "exonerating.json")["items"]
    assert isinstance(items, list)
    assert {"rival", "other party", "hangs on"} <= {item["kind"] for item in items}
    report = (bag / "data/report.md").read_text("utf-8")
    assert all(f" {piece['evidence_id']} (" in report for block in findings.values() for piece in block["evidence"])
    assert "times as probable if" in report
    if profile == "court":  # likelihood ratios, and nothing that rests on prior probabilities
        assert not re.search(
            "has a probability|At a standard of|best explanation|is not named and has|moves the parties", report
        )
        assert "rest on prior probabilities and are not repeated here" in report
    else:
        assert "has a probability" in report
        assert all(item["text"] in report for item in items)
