"""What a terminal says of a bundle: before it is handed out, and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consilience.vault.bundle.bag import Bag

LISTED = 40
"""Exhibits that are named; the rest is counted, and `--json` has all."""


def plan_lines(told: Mapping[str, Any]) -> list[str]:
    """What would be shown and what withheld, and why."""
    return [f"For a {told['profile']}: {', '.join(told['incidents'])}. Nothing was handed out.", *_contents(told)]


def bundle_lines(told: Mapping[str, Any], bag: Bag) -> list[str]:
    """What was handed out, and what must be told with it by another way."""
    signed = "unsigned: no signing key" if bag.signed_by is None else f"signed by {bag.signed_by}"
    return [
        f"For a {told['profile']}: {', '.join(told['incidents'])}, neither reviewed nor released.",
        *_contents(told),
        f"{bag.files} files, {bag.size_bytes} bytes in {told['out']}, {signed}",
        f"verify.py  {bag.verifier}",
        f"root       {bag.root}",
        "Tell the root by another way than the bundle: whoever checks it needs it (python verify.py . --root …).",
    ]


def _contents(told: Mapping[str, Any]) -> Iterator[str]:
    for table, rows in told["tables"].items():
        whole = f", {rows['withheld_whole']} of them withheld as a whole" if rows["withheld_whole"] else ""
        yield f"  {table}: {rows['rows']} rows{whole}"
    for reason, count in told["values_withheld"].items():
        yield f"  withheld: {count} values of {reason}"
    for name, key in (("shown as it is", "exhibits"), ("withheld", "exhibits_withheld")):
        files = told[key]
        yield from (f"  exhibit {name}: {one['path']!a}, {one['size_bytes']} bytes" for one in files[:LISTED])
        if len(files) > LISTED:
            yield f"  … and {len(files) - LISTED} more ({name})"
    if told["exhibits"]:
        yield "  Exhibits are shown with whatever metadata they hold: look at them before you hand them out."
    yield from (f"  Notice: {notice}" for notice in told["notices"])
