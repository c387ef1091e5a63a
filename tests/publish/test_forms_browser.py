"""The published page in a real browser: quiet, read by keyboard, in both directions, on a telephone and on paper."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from document_example import charts_document, example_document, hostile_document
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from consilience.publish.document import Grid, Picture, Sentence
from consilience.publish.forms.html import render_html
from consilience.publish.incident_map import draw_incident_map
from consilience.publish.local_time import LocalClock
from consilience.publish.overview_map import Pin, draw_overview_map
from consilience.records.views import Site

pytestmark = pytest.mark.browser

DOCUMENTS = {
    "en": example_document(), "ar": example_document("ar"), "hostile": hostile_document(),
    "charts": charts_document("en"), "رسوم": charts_document("ar"),
}  # fmt: skip
OUTSIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('svg') && !e.closest('.scroll') && !e.closest('.watermark'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
    .map(e => e.tagName + '.' + e.className)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without its sandbox only where we are root, which it refuses otherwise."""
    path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with sync_playwright() as driver:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"] if is_root else [])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, document in DOCUMENTS.items():
        (folder / f"{name}.html").write_bytes(render_html(document))
    return {name: folder / f"{name}.html" for name in DOCUMENTS}


def _open(browser: Browser, path: Path, **options: Any) -> Page:
    """The page without scripts of any kind, as a careful reader would open it."""
    page = browser.new_page(java_script_enabled=False, **options)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_is_quiet_and_asks_for_nothing(
    browser: Browser, pages: dict[str, Path], name: str, dark: bool
) -> None:
    page = browser.new_page(color_scheme="dark" if dark else "light")
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(pages[name].as_uri())
    page.wait_for_timeout(100)
    assert heard == [pages[name].as_uri()]
    page.close()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_reaches_beyond_the_screen(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width, "drawings included"
    page.close()


def test_a_trail_opens_by_the_keyboard_alone_without_scripts(browser: Browser, pages: dict[str, Path]) -> None:
    page = _open(browser, pages["en"])
    words = page.get_by_text("Who carried out the seventh attack").first
    assert not words.is_visible()
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert words.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_text("The account of a witness").first.is_visible()
    page.close()


def test_sentences_of_a_paragraph_run_on_in_one_line(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(pages["en"].as_uri())
    tops = page.eval_on_selector_all("#s-s1, #s-s2", "both => both.map(one => one.getClientRects()[0].top)")
    assert abs(tops[0] - tops[1]) < 3
    page.close()


def test_the_draft_stays_in_sight_while_reading(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 400})
    page.goto(pages["en"].as_uri())
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for selector in (".is-draft", ".watermark"):
        middle = page.eval_on_selector(
            selector, "mark => { const r = mark.getBoundingClientRect(); return (r.top + r.bottom) / 2; }"
        )
        assert 0 < middle < 400
    page.close()


def test_arabic_begins_at_the_right_and_numbers_stand_under_each_other(
    browser: Browser, pages: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(pages["ar"].as_uri())
    right = page.eval_on_selector("main", "main => main.getBoundingClientRect().right - 16")
    for selector in ("#april", "#s-s1"):
        begins = page.eval_on_selector(
            selector, "e => { const r = document.createRange(); r.selectNodeContents(e);"
            " return Math.max(...[...r.getClientRects()].map(box => box.right)); }"
        )  # fmt: skip
        assert abs(begins - right) < 3
    ends = page.eval_on_selector_all("td.n bdi", "cells => cells.map(cell => cell.getBoundingClientRect().right)")
    assert max(ends) - min(ends) < 1
    page.close()


@pytest.mark.parametrize("name", ["en", "ar"])
def test_every_printed_page_bears_the_draft_and_the_trail_is_printed(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    page = browser.new_page()
    page.goto(pages[name].as_uri())
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    page.close()
    assert len(printed) == 3
    if name == "en":
        for sheet in printed:
            assert "Draft" in sheet.extract_text()
        assert "What each sentence rests on" in printed[-1].extract_text()
    assert "I07/attribution" in printed[-1].extract_text()


COVERED = """() => {
    const boxes = [...document.querySelectorAll('svg.map text')].map(e => [e.textContent, e.getBoundingClientRect()]);
    const covers = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.3 * Math.min(a.height, b.height);
    return [boxes.length, boxes.flatMap(([t, a], i) => boxes.slice(i + 1)
        .filter(([u, b]) => covers(a, b)).map(([u, b]) => t + ' / ' + u))];
}"""


@pytest.mark.parametrize("drawn", ["case", "incident"])
@pytest.mark.parametrize("width", [1280, 390])
def test_names_on_a_map_cover_neither_each_other_nor_the_degrees(
    browser: Browser, tmp_path: Path, drawn: str, width: int
) -> None:
    """A country full of villages: on a telephone text is larger than on a desk, and names have room for that."""
    towns = [(f"Jabal Maḩmūd {k}", 35.4 + 0.023 * (k * 7 % 29), 36.3 + 0.031 * (k * 11 % 23)) for k in range(300)]
    if drawn == "case":
        pins = [Pin(k, f"N{k}", f"i-{k}", ((35.5 + 0.05 * k, 36.4 + 0.06 * k),)) for k in range(1, 9)]
        picture = draw_overview_map(pins, towns)
    else:
        site = Site("F1", "A place", 35.6, 36.6, 100.0)
        picture = draw_incident_map("A place", [site], [], [], towns, LocalClock(ZoneInfo("Asia/Damascus")))
    assert picture is not None
    document = example_document()
    block = Picture(str(picture), "a map", Sentence("map", "Where it was.", ("method",)))
    trail = (*document.trail, ("method", "the method"))
    (tmp_path / "map.html").write_bytes(render_html(replace(document, blocks=(*document.blocks, block), trail=trail)))
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((tmp_path / "map.html").as_uri())
    names, covered = page.evaluate(COVERED)
    assert names > 12
    assert covered == []
    page.close()


def test_a_table_of_four_columns_is_read_on_a_telephone_without_scrolling_sideways(
    browser: Browser, tmp_path: Path
) -> None:
    document = example_document()
    rows = (("alert_from", "−20", "−60 to −5", "an alert is given from so long before the impact; our choice"),)
    grid = Grid(Sentence("grid", "All of them.", ("method",)), ("Assumption", "Value", "Range", "Why"), rows, (1, 2))
    trail = (*document.trail, ("method", "the method"))
    (tmp_path / "grid.html").write_bytes(render_html(replace(document, blocks=(*document.blocks, grid), trail=trail)))
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((tmp_path / "grid.html").as_uri())
    cells = page.eval_on_selector_all(
        ".stacked td", "all => all.map(e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right])"
    )
    assert len(cells) == 4
    assert all(left >= 0 and right <= 390 for left, right in cells)
    label = page.eval_on_selector(".stacked td:last-child", "e => getComputedStyle(e, '::before').content")
    assert label == '"Why"', "each value stands beside the name of its column"
    page.close()
