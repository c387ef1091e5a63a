"""Who a statement names, and whether it says one of them or all together."""

from __future__ import annotations

import pytest

from consilience.records.parties import parties_in, says_together


@pytest.mark.parametrize(
    ("stated", "named", "together"),
    [
        ("Syrian", ("Syrian",), False),
        ("Russian;Syrian", ("Russian", "Syrian"), False),
        ("Russian+Syrian", ("Russian", "Syrian"), True),
        ("Russian+Syrian;other", ("Russian", "Syrian", "other"), True),
    ],
)
def test_one_of_and_together_name_the_same_parties_and_are_told_apart(
    stated: str, named: tuple[str, ...], together: bool
) -> None:
    assert parties_in(stated) == named
    assert says_together(stated) is together
