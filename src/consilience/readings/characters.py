"""What characters do to a cell that are not its content: noise, invisible marks, other digits, printers' dashes."""

from __future__ import annotations

import re

import polars as pl

_DIRECTION_MARKS = "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]"
"""Invisible marks of the bidirectional algorithm (Unicode UAX #9) and the byte order mark: they change how a line is
drawn, never what it says, and an override could turn a line of the report around."""
_WIDE_BLANKS = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_REMOVED_CONTROLS = "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
_BREAKING_CONTROLS = "[\x0b\x0c\r\x85]"
_NOISE = f"{_REMOVED_CONTROLS}|{_BREAKING_CONTROLS}"
UNDECODABLE = "\ufffd"
"""Stands where a byte was not UTF-8 (Unicode replacement character)."""

_DIGITS = {ord(digit): str(i % 10) for i, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_FOLDED = {
    **_DIGITS,
    **_DASHES,
    ord("٫"): ".",
    ord("٬"): "",
    ord("؛"): ";",
    ord("،"): ",",
    ord("\u200c"): "",
    ord("\u200d"): "",
    ord("\u200b"): "",
}
_FOLDED_PATTERN = "[" + "".join(re.escape(chr(code)) for code in _FOLDED) + "]"


def clean_text(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Text without noise, invisible direction marks and outer blanks; and where there was noise.

    Line breaks inside a cell become `\\n`, other blanks a space, an emptied cell null. Noise are control characters
    (NUL, a lone CR and their like): they are taken out, and a notice says so. The marks are no noise: every
    right-to-left keyboard makes them.
    """
    if cells.null_count() == len(cells):
        return cells, pl.repeat(False, len(cells), eager=True)
    unix = pl.first().str.replace_all("\r\n", "\n", literal=True)
    noisy = cells.to_frame().select(unix.str.contains(_NOISE).fill_null(False)).to_series()
    if noisy.any():
        unix = unix.str.replace_all(_REMOVED_CONTROLS, "").str.replace_all(_BREAKING_CONTROLS, " ")
    plain = unix.str.replace_all(_DIRECTION_MARKS, "").str.replace_all(_WIDE_BLANKS, " ").str.strip_chars()
    return cells.to_frame().select(pl.when(plain != "").then(plain)).to_series(), noisy


def fold_symbols(cells: pl.Series) -> pl.Series:
    """ASCII digits, dashes and separators for Arabic-Indic, Persian and typographic ones: for all but free text.

    Composed letters for letters with combining marks (Unicode NFC), since one file system writes é so, another so.
    """
    if not cells.str.contains("[^\x00-\x7f]").any():
        return cells  # nothing that is folded is ASCII
    cells = cells.str.normalize("NFC")
    if not cells.str.contains(_FOLDED_PATTERN).any():
        return cells
    distinct = cells.drop_nulls().unique()
    folded = pl.Series([text.translate(_FOLDED) for text in distinct], dtype=pl.String)
    return cells.replace_strict(distinct, folded, default=None, return_dtype=pl.String)


def squeezed(text: str) -> str:
    """The form in which words of a list are compared: lower case, without blanks, underscores and hyphens."""
    return re.sub(r"[\s_-]+", "", text).casefold()
