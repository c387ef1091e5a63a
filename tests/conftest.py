"""What every test shares: no needed program is absent without being named, and nothing is skipped silently."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator

import pytest
from hypothesis import settings


def _has_chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def _has_arabic_font() -> bool:
    if (fc_list := shutil.which("fc-list")) is None:
        return False
    listed = subprocess.run([fc_list, "Noto Sans Arabic"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _has_poppler() -> bool:
    return all(shutil.which(name) for name in ("pdftotext", "pdftoppm"))


NEEDS: dict[str, tuple[tuple[str, Callable[[], bool]], ...]] = {
    "browser": (("Chromium", _has_chromium), ("the font Noto Sans Arabic", _has_arabic_font)),
    "poppler": (("poppler-utils", _has_poppler),),
}
"""For each marker, what a test so marked needs and how to tell whether it is here."""

ABSENT_HERE = "absent here: "

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")
"""No deadline, since two tests share two cores; derandomised, so that a failure here is a failure everywhere."""


@pytest.fixture(scope="session", autouse=True)
def _no_keys_of_the_developers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no process that one starts, sees keys but those that it makes itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSILIENCE_KEYS", str(tmp_path_factory.mktemp("keys") / "absent"))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is imported becomes garbage: looking for it in a growing heap took a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where a needed program is absent: skip by name at a desk, fail in CI."""
    absent = {
        marker: [name for name, is_here in needed if not is_here()]
        for marker, needed in NEEDS.items()
        if any(item.get_closest_marker(marker) for item in items)
    }
    for item in items:
        missing = [name for marker, names in absent.items() if item.get_closest_marker(marker) for name in names]
        if missing and os.environ.get("CI") != "true":
            item.add_marker(pytest.mark.skip(reason=ABSENT_HERE + ", ".join(missing)))
        elif missing:
            item.user_properties.append(("absent", ", ".join(missing)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """In CI nothing may be absent."""
    for name, value in item.user_properties:
        if name == "absent":
            pytest.fail(f"absent in CI, where every test has to run: {value}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List by name every test that was not run, and why."""
    skipped: list[pytest.TestReport] = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.section("NOT RUN")
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"NOT RUN: {report.nodeid} ({reason.removeprefix('Skipped: ')})")
