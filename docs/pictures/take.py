"""Takes the pictures of the README from a report of the April case, in light and dark: `make picture`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

import consilience

CASE = Path("cases/idlib-april-2017")
OUT = Path("build/picture")
HERE = Path(__file__).parent
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHOTS = {"overview": "#overview", "incident": "#i-I7"}
"""Name of a picture and the part of the report that it begins at."""

DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until what was scrolled to is on the screen."""


def take(browser: Browser, report: Path, scheme: Literal["light", "dark"]) -> None:
    """One picture for each of SHOTS, 1280 × 1000 points, no wider than a README needs."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, color_scheme=scheme)
    page.goto(report.resolve().as_uri())
    for name, begins_at in SHOTS.items():
        page.evaluate("selector => document.querySelector(selector).scrollIntoView()", begins_at)
        page.evaluate(DRAWN)
        page.screenshot(path=HERE / f"report-{name}-{scheme}.png")
    page.close()


def main() -> None:
    """Run the case, then take every picture; exits with a message where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("No Chromium was found: apt-get install chromium fonts-noto-core (as root).")
    consilience.open_case(CASE).run(out=OUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in SCHEMES:
            take(browser, OUT / "report" / "index.html", scheme)
        browser.close()


if __name__ == "__main__":
    main()
