"""When an act is done: the one place that asks the computer's clock. What it says goes into the ledger alone."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)
