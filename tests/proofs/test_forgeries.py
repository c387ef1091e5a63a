"""A tenth of the forgeries that `make prove` counts: every one is found, and no ledger that only grew is refused."""

from __future__ import annotations

from pathlib import Path

import forgeries
import pytest


@pytest.mark.parametrize("unit", forgeries.UNITS)
def test_every_forged_ledger_is_refused_against_an_earlier_checkpoint_and_no_true_one(
    unit: str, tmp_path: Path
) -> None:
    count = forgeries.FORGERIES_IN_A_UNIT // 10
    found = forgeries.prove(unit, tmp_path, count)
    assert found["refused"] == (0 if unit == forgeries.HONEST else count)
