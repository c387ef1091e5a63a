"""The page in a real browser: drawn, quiet, self-contained, in light and dark, on a telephone and on paper."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from publish_example import example_findings, example_view

from consilience.publish.report import write_report

pytestmark = pytest.mark.browser

SIZES = "boxes => boxes.map(box => { const r = box.getBoundingClientRect(); return [r.width, r.height]; })"
OVERFLOWING = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('svg') && !e.closest('.scroll'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
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
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("a folder with a space")
    return write_report(example_findings(), example_view(), folder).as_uri()


class Heard:
    """What a page said and asked for."""

    def __init__(self, page: Page) -> None:
        self.console: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))


def _open(browser: Browser, url: str, *, width: int = 1280, dark: bool = False) -> tuple[Page, Heard]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    heard = Heard(page)
    page.goto(url)
    return page, heard


@pytest.mark.parametrize("dark", [False, True])
def test_the_report_opens_quietly_and_asks_for_nothing(browser: Browser, report: str, dark: bool) -> None:
    page, heard = _open(browser, report, dark=dark)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)
    assert heard.console == []
    assert heard.requests == [report]
    page.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_each_incident_s_strip_map_and_matrix_are_drawn(browser: Browser, report: str, width: int) -> None:
    page, _ = _open(browser, report, width=width)
    drawn = {}
    for number, incident in enumerate(page.query_selector_all("article.incident"), 1):
        incident.scroll_into_view_if_needed()
        for kind in ("svg.strip", "svg.map", "table.matrix"):
            sizes = incident.eval_on_selector_all(kind, SIZES)
            drawn[number, kind] = bool(sizes) and all(w > 150 and h > 20 for w, h in sizes)
    nothing_known = {(4, "svg.strip"), (4, "svg.map")}  # the incident without time and place
    assert {key for key, is_drawn in drawn.items() if not is_drawn} == nothing_known
    assert len(drawn) == 15
    page.close()


def test_the_posterior_and_the_bands_have_a_size(browser: Browser, report: str) -> None:
    page, _ = _open(browser, report)
    page.query_selector_all("article.incident")[0].scroll_into_view_if_needed()
    curve = page.eval_on_selector_all("article:first-of-type .density", SIZES)
    cores = page.eval_on_selector_all("article:first-of-type .band.core", SIZES)
    assert curve[0][0] > 50
    assert curve[0][1] > 50
    assert len(cores) == 5
    assert all(w > 0 and h > 0 for w, h in cores)
    page.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_makes_the_page_scroll_sideways(browser: Browser, report: str, width: int) -> None:
    page, _ = _open(browser, report, width=width)
    page.eval_on_selector_all("details", "boxes => boxes.forEach(box => { box.open = true; })")
    page.add_style_tag(content=".incident{content-visibility:visible!important}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERFLOWING) == []
    page.close()


def test_light_and_dark_have_readable_text_on_their_own_ground(browser: Browser, report: str) -> None:
    grounds = []
    for dark in (False, True):
        page, _ = _open(browser, report, dark=dark)
        pairs = page.evaluate(CONTRASTS)
        assert min(ratio for _, ratio in pairs) >= 4.5, pairs
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.close()
    assert grounds == ["rgb(255, 253, 250)", "rgb(22, 23, 26)"]


CONTRASTS = """() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(v => {
        const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
    const light = (colour) => { const [r, g, b] = channels(colour); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ground = light(getComputedStyle(document.body).backgroundColor);
    return ['.standfirst', '.note', 'main a', '.v-corroborates', '.v-in-tension', '.v-contradicts', '.v-silent',
            '.prov', '.label span', 'dt', 'small'].map(name => {
        const ink = light(getComputedStyle(document.querySelector(name)).color);
        return [name, (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)]; });
}"""
"""Contrast of text with the page (WCAG 2.2, 1.4.3: at least 4.5)."""


def test_a_link_to_evidence_opens_what_hides_it(browser: Browser, report: str) -> None:
    page, _ = _open(browser, report)
    page.eval_on_selector_all("details.body", "boxes => boxes.forEach(box => { box.open = false; })")
    page.goto(report + "#e-X3-W1")
    page.wait_for_selector("[id='e-X3-W1']", state="visible", timeout=5000)
    page.close()


def test_the_links_of_the_strip_can_be_reached_by_keyboard(browser: Browser, report: str) -> None:
    page, _ = _open(browser, report)
    page.focus("article:first-of-type .strip-labels a")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.startsWith('#e-X1-')", timeout=5000)
    page.close()


def test_arabic_is_set_from_right_to_left_whatever_stands_around_it(browser: Browser, report: str) -> None:
    page, _ = _open(browser, report)
    assert page.eval_on_selector("[id='e-X1-A03'] .says", "e => getComputedStyle(e).direction") == "rtl"
    assert page.eval_on_selector("[id='e-X1-A02'] .says", "e => getComputedStyle(e).direction") == "ltr"
    page.close()


@pytest.mark.poppler
def test_every_printed_page_is_marked_internal_and_closed_parts_are_printed(
    browser: Browser, report: str, tmp_path: Path
) -> None:
    page, _ = _open(browser, report)
    page.eval_on_selector_all("details", "boxes => boxes.forEach(box => { box.open = false; })")
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    page.close()
    pages = _text_of_pages(tmp_path / "report.pdf")
    assert len(pages) >= 6
    assert all("INTERNAL" in text for text in pages)
    assert "no figure is published" in " ".join(" ".join(pages).split())  # an assumption, in a closed part


def _text_of_pages(pdf: Path) -> list[str]:
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True).stdout
    return [page for page in text.split("\f") if page.strip()]
