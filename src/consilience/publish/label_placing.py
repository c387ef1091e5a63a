"""Names on a map that do not cover each other: the first free place around each point, in order of importance."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in picture units."""

_WIDTH_PER_LETTER = 0.56
"""Mean advance of a sans-serif letter in ems; a safe guess, since a self-contained page measures no fonts."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name set beside its point: baseline position and anchor."""

    text: str
    x: float
    y: float
    anchor: str


class LabelField:
    """Keeps the boxes that are taken; first come, first served."""

    def __init__(self, width: float, height: float) -> None:
        self._frame = (width, height)
        self._taken: list[Box] = []

    def block(self, x: float, y: float, half_width: float, half_height: float) -> None:
        """Keep names off a mark."""
        self._taken.append((x - half_width, y - half_height, x + half_width, y + half_height))

    def place(self, text: str, x: float, y: float, size: float, gap: float) -> Label | None:
        """The first of right, left, above, below where the name fits, near and then a little farther; else None."""
        return self._at(text, x, y, size, gap) or self._at(text, x, y, size, 2.4 * gap)

    def _at(self, text: str, x: float, y: float, size: float, gap: float) -> Label | None:
        wide = len(text) * size * _WIDTH_PER_LETTER
        for left, base, anchor, at in (
            (x + gap, y + size * 0.35, "start", x + gap),
            (x - gap - wide, y + size * 0.35, "end", x - gap),
            (x - wide / 2, y - gap - size * 0.1, "middle", x),
            (x - wide / 2, y + gap + size * 0.85, "middle", x),
        ):
            box = (left, base - size * 0.85, left + wide, base + size * 0.25)
            if self._is_free(box):
                self._taken.append(box)
                return Label(text, at, base, anchor)
        return None

    def _is_free(self, box: Box) -> bool:
        width, height = self._frame
        if box[0] < 2 or box[1] < 2 or box[2] > width - 2 or box[3] > height - 2:
            return False
        return all(box[2] <= t[0] or box[0] >= t[2] or box[3] <= t[1] or box[1] >= t[3] for t in self._taken)
