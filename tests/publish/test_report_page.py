"""The page as text: self-contained, escaped, complete, and every statement linked to its evidence."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from publish_example import NOT_YET, example_findings, example_view

from consilience.errors import PublishError
from consilience.publish.report import render_report, write_report


class _Page(HTMLParser):
    """Collects elements with their attributes, and the text of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> Iterator[str]:
        for _, attributes in self.elements:
            if value := attributes.get(attribute):
                yield value


@pytest.fixture(scope="module")
def html() -> str:
    return render_report(example_findings(), example_view())


@pytest.fixture(scope="module")
def page(html: str) -> _Page:
    return _Page(html)


def test_nothing_in_the_page_loads_anything(html: str, page: _Page) -> None:
    assert not [
        tag for tag, _ in page.elements if tag in ("link", "img", "iframe", "object", "embed", "video", "audio")
    ]
    assert not list(page.values("src"))
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)
    policy = next(a["content"] for t, a in page.elements if t == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_links_lead_into_the_page_or_to_the_web_and_run_no_script(page: _Page) -> None:
    outside = [href for href in page.values("href") if not href.startswith("#")]
    assert outside == ["https://example.org/1"]


def test_every_anchor_that_is_linked_exists_once(page: _Page) -> None:
    ids = list(page.values("id"))
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.values("href") if href.startswith("#")} <= set(ids)


def test_a_title_that_is_markup_stays_text(html: str) -> None:
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_page_says_that_it_is_internal_on_screen_and_on_each_printed_page(html: str, page: _Page) -> None:
    assert "Internal" in page.text
    assert '@top-left{content:"INTERNAL' in html
    assert ".gutter{display:block;position:fixed" in html


def test_every_piece_of_evidence_has_a_row_with_file_and_row_number(page: _Page) -> None:
    ids = set(page.values("id"))
    for incident in example_findings()["incidents"]:
        for piece in incident["evidence"]:
            assert f"e-{incident['incident_id']}-{piece['evidence_id'].replace('-', '.2d.')}" in ids
    assert "accounts.csv, row 4" in page.text
    assert "sightings.csv, row 3" in page.text


def test_every_reason_for_a_null_block_is_printed(page: _Page) -> None:
    for why in (*NOT_YET.values(), "no piece speaks of a time", "an attack is not probable enough"):
        assert why in page.text


def test_what_others_published_is_marked_as_no_input(page: _Page) -> None:
    assert page.text.count("Not an input: the analysis never read this.") == 5
    assert "potentially responsible" in page.text


def test_left_out_rows_and_assumptions_are_listed(page: _Page) -> None:
    for line in example_view().left_out:
        assert line in page.text
    for name, _, _, _, why in example_view().assumptions:
        assert name.replace("_", " ") in page.text
        assert why in page.text


def test_each_picture_has_a_name_and_a_description(page: _Page) -> None:
    pictures = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("role") == "img"]
    assert len(pictures) == 2 + 4 + 4 + 2
    assert all(len(attributes["aria-label"] or "") > 40 for attributes in pictures)


def test_verdicts_stand_as_words_beside_their_symbols(html: str) -> None:
    drawn = re.findall(r'<use href="#v-([a-z-]+)"/></svg>([a-z ]+)</span>', html)
    assert {word for _, word in drawn} == {"corroborates", "consistent", "silent", "in tension", "contradicts"}
    assert all(symbol == word.replace(" ", "-") for symbol, word in drawn)
    assert len(drawn) == html.count("<use ")


def test_the_same_findings_give_the_same_bytes(html: str) -> None:
    assert render_report(example_findings(), example_view()) == html


def test_the_report_is_written_where_the_format_says(tmp_path: Path) -> None:
    assert write_report(example_findings(), example_view(), tmp_path) == tmp_path / "report" / "index.html"


def test_a_folder_that_can_t_be_written_is_a_publish_error(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("in the way")
    with pytest.raises(PublishError, match=r"index\.html"):
        write_report(example_findings(), example_view(), tmp_path)


def test_two_hundred_incidents_take_seconds_and_a_page_that_a_browser_can_hold() -> None:
    findings, view = example_findings(), example_view()
    copies = range(40)
    findings["incidents"] = [
        one | {"incident_id": f"{one['incident_id']}-{n}"} for n in copies for one in findings["incidents"]
    ]
    incidents = [replace(one, incident_id=f"{one.incident_id}-{n}") for n in copies for one in view.incidents]
    started = time.perf_counter()
    html = render_report(findings, replace(view, incidents=tuple(incidents)))
    assert time.perf_counter() - started < 20
    assert len(html) < 8_000_000
    assert html.count('<details class="body" open>') == 12
