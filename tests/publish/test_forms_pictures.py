"""Pictures in a publication: what our charts are made of gets through, everything else is refused by name."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from document_example import drawing, growing_drawing, working_report_charts

from consilience.errors import PublishError
from consilience.publish.document import Picture, Sentence
from consilience.publish.forms.pictures import paper_picture, picture_style, screen_picture
from consilience.publish.forms.typesetting import rasterise

NAMESPACE = "{http://www.w3.org/2000/svg}"


def _picture(svg: str) -> Picture:
    return Picture(svg, "a picture", Sentence("s1", "A picture.", ()))


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<style>*{fill:red}</style>", "style"),
        ("<foreignObject><p/></foreignObject>", "foreignObject"),
        ('<image href="#x"/>', "image"),
        ('<use href="#x"/>', "use"),
        ('<animate attributeName="x"/>', "animate"),
        ('<rect onclick="alert(1)"/>', "onclick"),
        ('<rect style="fill:url(http://a.example)"/>', "style"),
        ('<rect fill="url(#x)"/>', "fill"),
        ('<rect fill="URL(http://a.example)"/>', "fill"),
        ('<a href="http://a.example/"><rect/></a>', "http://a.example/"),
        ('<a href="javascript:alert(1)"><rect/></a>', "javascript"),
        ('<a xmlns:x="http://www.w3.org/1999/xlink" x:href="#x"><rect/></a>', "xlink"),
        ("<!-- a comment -->", "comment"),
        ('<rect id="april"/>', "id"),
    ],
)
def test_what_could_load_run_or_restyle_is_refused_by_name(inside: str, named: str) -> None:
    svg = f'<svg viewBox="0 0 10 10">{inside}</svg>'
    for draw in (lambda picture: screen_picture(picture, {"x"}), paper_picture):
        with pytest.raises(PublishError, match=re.escape(named)):
            draw(_picture(svg))


@pytest.mark.parametrize(
    "svg",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1">&a;</svg>',
        '<?xml-stylesheet href="http://a.example"?><svg viewBox="0 0 1 1"/>',
        "<html/>",
        "<svg",
        "",
    ],
)
def test_what_is_no_plain_drawing_is_refused(svg: str) -> None:
    with pytest.raises(PublishError, match="can't be published"):
        screen_picture(_picture(svg), set())


@pytest.mark.parametrize(
    "size", ['width="100%"', 'viewBox="0 0 0 10"', 'viewBox="x"', 'height="1e9" width="2"', 'viewBox="0 0 99999 9"', ""]
)
def test_a_picture_for_paper_has_a_size(size: str) -> None:
    with pytest.raises(PublishError, match="size in pixels"):
        paper_picture(_picture(f"<svg {size}/>"))


def test_every_chart_of_the_working_report_may_be_published() -> None:
    charts = working_report_charts()
    assert len(charts) > 10
    for chart in charts:
        drawn = ElementTree.fromstring(screen_picture(_picture(chart), set()))
        given = ElementTree.fromstring(chart)
        assert [element.text for element in drawn.iter("text")] == [element.text for element in given.iter("text")]
        paper_picture(_picture(chart))


def test_links_lead_to_what_the_document_has_and_nowhere_on_paper() -> None:
    shown = ElementTree.fromstring(screen_picture(_picture(drawing()), {"april"}))
    assert [link.get("href") for link in shown.iter("a")] == ["#april"]
    printed, _ = paper_picture(_picture(drawing()))
    assert "href" not in printed


def test_words_in_a_picture_hide_and_override_nothing() -> None:
    svg = '<svg viewBox="0 0 9 9" aria-label="x\u202ey"><text>a\u202e <tspan>b</tspan> c\n</text></svg>'
    shown = ElementTree.fromstring(screen_picture(_picture(svg), set()))
    assert "".join(shown.itertext()) == "a[U+202E] b c "
    assert shown.get("aria-label") == "x[U+202E]y"


def test_a_picture_for_paper_brings_its_colours_and_asks_for_none() -> None:
    printed, width = paper_picture(_picture(drawing()))
    assert width == 360
    style = ElementTree.fromstring(printed).findtext(f"{NAMESPACE}style") or ""
    assert ".bar{fill:#0072b2}" in style
    assert "var(" not in style


def test_the_style_of_pictures_uses_no_colour_that_the_palette_lacks() -> None:
    assert "var(" in picture_style()
    paper_picture(_picture(growing_drawing()))  # a KeyError where a variable is not in the palette


def test_a_picture_becomes_dots_in_the_colours_and_the_size_asked_for() -> None:
    import io

    from PIL import Image

    one, other = rasterise([paper_picture(_picture(drawing())), paper_picture(_picture(growing_drawing()))])
    with Image.open(io.BytesIO(one)) as picture:
        assert picture.size == (720, 400)
        assert picture.convert("RGB").getpixel((200, 200)) == (0, 0x72, 0xB2)
    with Image.open(io.BytesIO(other)) as picture:
        assert picture.size == (1280, 80)
        assert picture.convert("RGB").getpixel((640, 30)) == (0xB0, 0x55, 0)
