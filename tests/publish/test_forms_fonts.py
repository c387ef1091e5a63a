"""The bundled fonts: what they are, that they have what we say, and that nothing is lost where they have not."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from consilience.publish.document import Picture, Sentence
from consilience.publish.forms.font_coverage import PICTURE_FAMILIES, TEXT_FAMILIES, Families, with_known_letters
from consilience.publish.forms.pictures import paper_picture
from consilience.publish.forms.typesetting import typeset
from consilience.publish.forms.visible_text import visible
from consilience.publish.svg import picture, tag

FONTS = files("consilience.publish") / "fonts"
EVERY_LETTER = "".join(chr(code) for code in range(0x20, 0x30000) if not 0xD800 <= code < 0xE000)


def _known(families: Families = TEXT_FAMILIES) -> str:
    """What a text may have in it when it comes to the typesetter, and a font has a glyph for."""
    return "".join(letter for letter in EVERY_LETTER if with_known_letters(visible(letter), families) == letter)


def test_each_font_is_the_file_that_its_source_names() -> None:
    named = dict(re.findall(r"^\| (\S+\.ttf) \| [\d,]+ \| `([0-9a-f]{64})` \|$", _source(), flags=re.MULTILINE))
    held = {font.name: hashlib.sha256(font.read_bytes()).hexdigest() for font in FONTS.iterdir() if ".ttf" in font.name}
    assert held == named


def test_the_fonts_stay_small_enough_to_ship() -> None:
    assert sum(len(font.read_bytes()) for font in FONTS.iterdir()) < 3_100_000


def _source() -> str:
    return (FONTS / "SOURCE.md").read_text("utf-8")


@pytest.mark.parametrize(
    "text", ["It’s likely (55–80 %) — ≥ 3 → “yes” ● ✓ ⚠", "غارة جوية؟ ٪٢٠، كفر نبل", "Ёж Ωμέγα œuvre"]
)
def test_what_reports_are_written_in_is_kept(text: str) -> None:
    assert with_known_letters(text) == text


def test_a_letter_without_a_glyph_stands_as_its_number() -> None:
    assert with_known_letters("a 🏥 in 医院") == "a [U+1F3E5] in [U+533B][U+9662]"


def test_every_letter_said_to_be_known_has_a_glyph_in_regular_and_in_bold() -> None:
    """PDF/A refuses a text for which a font has no glyph, so that typst tells us where we are wrong."""
    known = _known()
    assert len(known) > 6_000
    lines = [known[start : start + 400] for start in range(0, len(known), 400)]
    parts = [
        {"kind": "heading", "level": 1, "text": line, "anchor": f"h{n}", "flags": ""} for n, line in enumerate(lines)
    ]
    parts += [
        {
            "kind": "grid",
            "header": ["x"],
            "rows": [[line] for line in lines],
            "numeric": [],
            "widths": [],
            "caption": _caption(),
        }
    ]
    midnight = int(datetime(2017, 6, 30, tzinfo=UTC).timestamp())
    assert typeset(_given(parts), timestamp=midnight).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("weight", [400, 700])
def test_every_letter_of_a_picture_is_drawn_beside_arabic_ligatures(weight: int) -> None:
    """With two fonts in one line "35.4° شمالاً" is refused: its last two letters are joined."""
    known = [letter for letter in _known(PICTURE_FAMILIES) if letter not in "<&>"]
    lines = ["".join(known[start : start + 100]) for start in range(0, len(known), 100)]
    texts = [tag("text", f"{line} شمالاً", x=5, y=20 * n, font_weight=weight) for n, line in enumerate(lines, 1)]
    texts += [tag("text", "35.4° شمالاً، الله 医", x=5, y=10)]
    drawn = str(picture("x", "x", texts, view_box=f"0 0 640 {20 * len(lines) + 20}"))
    svg, width = paper_picture(Picture(drawn, "x", Sentence("s1", "x", ())))
    assert "[U+533B]" in svg
    parts: list[dict[str, object]] = [
        {
            "kind": "picture",
            "svg": svg,
            "width": width,
            "floats": False,
            "beside": [],
            "alternative": "x",
            "caption": _caption(),
        }
    ]
    assert typeset(_given(parts), timestamp=0).startswith(b"%PDF-1.7")


def _caption() -> dict[str, str]:
    return {"id": "s1", "trail": "t-s1", "text": "x", "flags": ""}


def _given(parts: list[dict[str, object]]) -> dict[str, object]:
    labels = {"page": "{page}", "trail": "x", "names": "x", "made_with": "x", "draft": "x", "contents": "x"}
    return {
        "title": "x", "subtitle": "", "language": "en", "direction": "ltr", "is_draft": False, "date": [2017, 6, 30],
        "labels": labels, "marks": ["x"], "contents_at": 0, "contents_depth": 0, "is_traced": True, "is_linked": True,
        "parts": parts,
        "entries": [{"anchor": "t-s1", "ids": ["s1"], "said": "s1", "support": "x"}], "names": [],
    }  # fmt: skip
