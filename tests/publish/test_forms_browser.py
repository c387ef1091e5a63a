"""The published page in a real browser: quiet, read by keyboard, in both directions, on a telephone and on paper."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from document_example import charts_document, example_document, hostile_document
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from consilience.publish.forms.html import render_html

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
