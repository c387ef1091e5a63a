"""Events of custody that happen outside the program, as acts: who collected, received, opened, described, redacted.

The Berkeley Protocol (UN Human Rights and UC Berkeley, 2020/2022) asks for a chronological record of who held an item
and of each transfer, and for what is collected online: the address, when, by whom, with which tool, the page's source
code and a full-page capture. An event with a `url` is such an acquisition record.
"""

from __future__ import annotations

from dataclasses import dataclass

from consilience.quantities import Digest
from consilience.vault.acts import COLLECTED, DESCRIBED, OPENED, RECEIVED, REDACTED

EVENTS = (COLLECTED, RECEIVED, OPENED, DESCRIBED, REDACTED)
"""Kinds of acts that somebody tells. All others are written by the program when it does what they say."""


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A file of the case, by the version that was kept when the event was told."""

    path: str
    digest: Digest

    def content(self) -> dict[str, object]:
        """JSON values."""
        return {"path": self.path, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class CustodyEvent:
    """What somebody tells of an exhibit. `by` is a pseudonym; `at` is when it happened, an ISO 8601 day or moment.

    None is unknown. `page_source` and `capture` are kept files too: the page's source code, and how it looked.
    """

    kind: str
    exhibit: KeptItem
    by: str
    at: str | None = None
    note: str | None = None
    url: str | None = None
    tool: str | None = None
    page_source: KeptItem | None = None
    capture: KeptItem | None = None

    def content(self) -> dict[str, object]:
        """Of the act; what is unknown or does not apply is null."""
        return {
            "exhibit": self.exhibit.content(),
            "by": self.by,
            "at": self.at,
            "note": self.note,
            "url": self.url,
            "tool": self.tool,
            "page_source": None if self.page_source is None else self.page_source.content(),
            "capture": None if self.capture is None else self.capture.content(),
        }
