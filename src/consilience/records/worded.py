"""Words for people that also say, to the program, of which kind they are: nobody has to guess it from the words."""

from __future__ import annotations

from typing import Final, Self

UNREVIEWED: Final = "unreviewed"
"""The kind of a mark of a sentence that rests on a finding which nobody has reviewed, as it is now."""


class Worded(str):
    """A text with its `kind`. Two of the same words are the same, whatever their kinds; a part of one has none."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, text: str, kind: str) -> Self:
        """The text, with its kind."""
        made = super().__new__(cls, text)
        made.kind = kind
        return made


def kind_of(text: str) -> str:
    """The kind of a text; "" where it has none."""
    return text.kind if isinstance(text, Worded) else ""
