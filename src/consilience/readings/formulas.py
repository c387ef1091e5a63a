"""Which texts a spreadsheet would compute when a table is opened or pasted, so that it shows another thing than stands
there.

The syntax is that of OpenFormula (OASIS OpenDocument 1.3, part 4, section 5) and of Excel's A1 references, as far as
it tells a formula from what people write: an arrow `=>`, a line of `===`, a telephone, an @account, a remark.
"""

from __future__ import annotations

from typing import Final

_SHEET: Final = r"(?:(?:'[^']*'|[\w.\[\]]+)!)"
_CELL: Final = rf"(?:(?:{_SHEET}\$?|\$|\b)[A-Z]{{1,3}}\$?[1-9][0-9]{{0,6}}\b)"
_VALUE: Final = rf"(?:{_CELL}|[0-9.]+(?:E[-+]?[0-9]+)?|\"[^\"]*\")"
_BEFORE: Final = rf"(?:{_VALUE}(?:{_VALUE}|[-+*/^&<>=%(,;\s])*[-+*/^&<>=(,;]\s*)?"
_TEXT: Final = r"\"[^\"]*\"|[^()\"]"
_DEPTH: Final = 8
"""Calls in calls that are looked into after `+`, `-` or `@`. After `=` the first one is enough."""
_SIGNS: Final = r"[-+*/^&<>=%(),;:\s]"
_CALL: Final = r"[A-Z_][\w.]*"


def _inner(depth: int) -> str:
    """What stands in the parentheses of a call."""
    return rf"(?:{_TEXT}|\({_inner(depth - 1)}\))*" if depth else rf"(?:{_TEXT})*"


_AFTER_EQUALS: Final = (
    rf"{_BEFORE}{_CALL}\s*\(",  # =HYPERLINK(, =1+SUM(
    rf"{_CELL}\s*(?:$|[-+*/^&<>=:!])",  # =A1, =A1&…
    rf"{_SHEET}",  # ='Sheet 1'!name
    rf"{_VALUE}(?:{_SIGNS}|{_VALUE})*$",  # =1+1, ="je"&"t"
    rf"{_CALL}$",  # =TRUE, =name
    r"\{",  # ={1,2}
)
_AFTER_SIGN: Final = (
    rf"[-+@(]*{_BEFORE}{_CALL}\({_inner(_DEPTH)}\)\s*(?:$|[-+*/^&<>=])",  # +HYPERLINK(…), @SUM(…), -1+SUM(…)
    rf"(?:{_SIGNS}|{_VALUE})*{_CELL}(?:{_SIGNS}|{_VALUE})*$",  # +A1+B2, -(A1), -2*A1
)
_LINK: Final = r".*[\w.]\s*\|\s*(?:'[^']*'|\"[^\"]*\"|[^\s'\"|!]*)\s*!"  # cmd|' /C calc'!A0
FORMULA: Final = (
    rf"(?is)^\s*(?:=\s*[-+@(\s]*(?:{'|'.join(_AFTER_EQUALS)})|[-+@](?:{'|'.join(_AFTER_SIGN)})|[-+@=]{_LINK})"
)
"""A text that is a formula. Numbers alone after `+` or `-` are none, since telephones and ranges look so."""
