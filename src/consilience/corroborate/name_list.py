"""Many short names held as bytes: millions of ids that workers share, of which a few are ever read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class NameList:
    """N names: `text` their UTF-8 bytes one after the other, `ends` (N + 1,) where each begins and ends."""

    text: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @staticmethod
    def of(names: pl.Series) -> NameList:
        """The names of a String column without nulls, in its order."""
        ends = np.zeros(len(names) + 1, dtype=np.int64)
        np.cumsum(names.str.len_bytes().to_numpy(), out=ends[1:])
        joined = names.str.join("").item() if len(names) else ""
        return NameList(np.frombuffer(str(joined).encode(), dtype=np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, number: int) -> str:
        return bytes(self.text[self.ends[number] : self.ends[number + 1]]).decode()

    def some(self, first: int, last: int) -> tuple[str, ...]:
        """The names from `first` to before `last`."""
        return tuple(self[number] for number in range(first, last))
