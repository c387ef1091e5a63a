"""A small document in either script, with everything in it that a form has to show, and hostile texts."""

from __future__ import annotations

import re
from dataclasses import replace

from markupsafe import Markup
from publish_example import example_findings, example_view

from consilience.publish.document import (
    LABELS,
    Block,
    Document,
    Grid,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Sentence,
)
from consilience.publish.report import render_report
from consilience.publish.svg import picture, tag

ARABIC_LABELS = {
    "draft": "مسودة، ليست للنشر",
    "profile": "النسخة العلنية",
    "as_of": "حتى 30 حزيران 2017",
    "made_with": "أُعدّ ببرنامج Consilience 0.1.0",
    "contents": "المحتويات",
    "page": "صفحة {page} من {pages}",
    "marker": "ما تستند إليه الجملة {sentence}",
    "flag": "ملاحظة في المسودة",
    "flag_count": "عدد الملاحظات في هذا الفصل: {n}",
    "trail": "ما تستند إليه كل جملة",
    "names": "معاني الأسماء",
    "no_support": "لم يُذكر سند",
}

HOSTILE = (
    '#read("/etc/passwd") and #import "@preview/x:1.0.0": *',
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "{{ incident.I07.time }} {% raw %} ${7*7} #{7*7}",
    "[a link](javascript:alert(1)) ![p](http://a.example/p.png) <https://b.example>",
    "*bold* _it_ `code` ~~gone~~ $x^2$ | cell | = heading @name :smile: <label> // comment",
    '=HYPERLINK("http://c.example","pay") +1+1 -2 @SUM(A1)',
    "reversed \u202egnp.exe\u202c and \u2066isolated",
    "a control \x07, a null \x00, a lone \ud800 and \ufffe",
    "1. not a list; 2) nor this; www.d.example; -- --- ... 'quotes' \"double\"",
    "] ) } & &amp; &#64; \\ \\\\ end \\",
    "emoji 🏥 and Chinese 医院 and Hebrew בית חולים",
)


def drawing() -> str:
    """A chart of two bars, one linked to a heading and one to nothing that is here."""
    bars = [
        tag("a", tag("rect", tag("title", "April: 9"), x=60, y=20, width=90, height=140, class_="bar"), href="#april"),
        tag("a", tag("rect", x=210, y=98, width=90, height=62, class_="pin m-air-strike"), href="#not-here"),
        tag("text", "April", x=105, y=180, text_anchor="middle"),
        tag("text", "نيسان", x=255, y=180, text_anchor="middle", class_="clock"),
    ]
    return str(picture("Attacks by month", "Nine in April, four in May.", bars, view_box="0 0 360 200", class_="map"))


def growing_drawing() -> str:
    """A strip whose parts stand at percentages of its width, as the timeline's do."""
    parts: list[Markup] = [
        tag("line", x1="0%", x2="100%", y1=30, y2=30, class_="base"),
        tag("svg", tag("path", d="M-7 -7h14v14h-14z", class_="pin m-barrel-bomb"), x="50%", y=15, overflow="visible"),
    ]
    return str(picture("A strip", "One mark in the middle.", parts, width="100%", height=40, class_="strip"))


def working_report_charts() -> list[str]:
    """Every chart of the working report, each from its `<svg role="img">` to the end tag that closes it."""
    page = render_report(example_findings(), example_view())
    charts = []
    for found in re.finditer(r'<svg role="img"', page):
        depth = 0
        for mark in re.finditer(r"<svg\b|</svg>", page[found.start() :]):
            depth += 1 if mark[0] == "<svg" else -1
            if depth == 0:
                charts.append(page[found.start() : found.start() + mark.end()])
                break
    return charts


def charts_document(language: str) -> Document:
    """The example with every chart of the working report in it."""
    example = example_document(language)
    charts = enumerate(working_report_charts())
    drawn = (Picture(chart, f"Chart {n}", Sentence(f"c{n}", f"Chart {n}.", ("E12",))) for n, chart in charts)
    return replace(example, blocks=(*example.blocks, *drawn))


def example_document(language: str = "en", *, is_draft: bool = True) -> Document:
    """Four headings, paragraphs of each style, a table, two pictures and a page's end, in English or Arabic."""
    is_arabic = language == "ar"
    labels = ARABIC_LABELS if is_arabic else LABELS
    return Document(
        title="هجمات على المستشفيات في إدلب" if is_arabic else "Attacks on hospitals in Idlib",
        subtitle="حالة مصطنعة للاختبار" if is_arabic else "A synthetic case for the tests",
        language=language,
        direction="rtl" if is_arabic else "ltr",
        profile="public",
        is_draft=is_draft,
        as_of="2017-06-30",
        version="0.1.0",
        blocks=_arabic_blocks(is_draft) if is_arabic else _english_blocks(is_draft),
        trail=(
            ("I07/attribution", "من نفّذ الهجوم السابع" if is_arabic else "Who carried out the seventh attack"),
            ("E12", "رواية شاهد" if is_arabic else "The account of a witness"),
        ),
        labels=tuple(labels.items()),
    )


def _english_blocks(is_draft: bool) -> tuple[Block, ...]:
    flags = ("the number no longer agrees", "finding not reviewed") if is_draft else ()
    return (
        Heading(1, "April 2017", "april"),
        Paragraph((
            Sentence("s1", "It is likely (55–80 %) that the attack at 10:30 was an air strike.", ("I07/attribution",)),
            Sentence("s2", "The confidence in this is moderate.", ("E12", "I07/attribution"), flags),
        )),
        Heading(2, "Who", "who"),
        Paragraph((Sentence("s3", "“I saw the plane,” said a nurse from كفر نبل.", ("E12",)),), "quote"),
        Grid(
            Sentence("s4", "Incidents by month.", ("I07/attribution",)),
            ("Month", "Incidents", "Place"), (("April", "9", "Kafr Nabl"), ("May", "14", "كفر تخاريم")), (1,),
        ),
        PageBreak(),
        Heading(1, "Pictures", "pictures"),
        Picture(drawing(), "Two bars: nine in April, four in May.", Sentence("s5", "Attacks by month.", ("E12",))),
        Picture(growing_drawing(), "A line with a mark.", Sentence("s6", "A strip of one day.", ("E12",))),
        Heading(3, "What is not known", "unknown"),
        Paragraph((Sentence("s7", "Nothing is known of the weapon.", ()),), "note"),
    )  # fmt: skip


def _arabic_blocks(is_draft: bool) -> tuple[Block, ...]:
    flags = ("لم تُراجع النتيجة",) if is_draft else ()
    return (
        Heading(1, "نيسان 2017", "april"),
        Paragraph((
            Sentence("s1", "من المرجّح (55–80 %) أن يكون الهجوم في الساعة 10:30 غارة جوية.", ("I07/attribution",)),
            Sentence("s2", "الثقة بهذا متوسطة، بحسب Syrian Archive.", ("E12", "I07/attribution"), flags),
        )),
        Heading(2, "من", "who"),
        Paragraph((Sentence("s3", "قالت ممرضة: «رأيت الطائرة».", ("E12",)),), "quote"),
        Grid(
            Sentence("s4", "الحوادث بحسب الشهر.", ("I07/attribution",)),
            ("الشهر", "الحوادث", "المكان"), (("نيسان", "9", "كفر نبل"), ("أيار", "14", "Kafr Takharim")), (1,),
        ),
        PageBreak(),
        Heading(1, "الرسوم", "pictures"),
        Picture(drawing(), "عمودان: تسعة في نيسان وأربعة في أيار.", Sentence("s5", "الهجمات بحسب الشهر.", ("E12",))),
        Picture(growing_drawing(), "خط عليه علامة.", Sentence("s6", "شريط يوم واحد.", ("E12",))),
        Heading(3, "ما لا يُعرف", "unknown"),
        Paragraph((Sentence("s7", "لا يُعرف شيء عن السلاح.", ()),), "note"),
    )  # fmt: skip


def hostile_document() -> Document:
    """The English example whose every text is hostile: sentences, headings, cells, names, labels and words."""
    example = example_document()
    first = HOSTILE[0]
    return replace(
        example,
        title=HOSTILE[1],
        subtitle=HOSTILE[2],
        blocks=(
            *(Heading(1 + n % 4, text, f"h{n}") for n, text in enumerate(HOSTILE)),
            Paragraph(tuple(Sentence(f"x{n}", text, (first,), (text,)) for n, text in enumerate(HOSTILE))),
            *(Paragraph((Sentence(f"y{n}", text, (first,)),), "quote") for n, text in enumerate(HOSTILE)),
            Grid(Sentence('z"<', first, (first,)), HOSTILE, (HOSTILE, HOSTILE)),
            Picture(drawing(), HOSTILE[1], Sentence("#z", HOSTILE[2], (first,))),
        ),
        trail=((first, HOSTILE[4]),),
        labels=tuple((key, f"{words} {HOSTILE[1]} {HOSTILE[5]}") for key, words in LABELS.items()),
    )
