"""case.toml: each way of being wrong names the key, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from consilience.errors import CaseFileInvalid, CaseFolderMissing
from consilience.readings.case_folder import read_case

LEAST = 'id = "x"\ntime_zone = "Asia/Damascus"\nparties = ["Syrian", "Russian"]\n'


def test_what_is_not_said_has_its_default(write_case: Callable[..., Path]) -> None:
    settings = read_case(write_case({}, toml=f"[case]\n{LEAST}")).settings
    assert (settings.title, settings.orbat, settings.area, settings.as_of) == ("x", None, None, None)
    assert (settings.attribution_level, settings.label_of("Syrian")) == (0.95, "Syrian")
    assert settings.single_source == "warn"


def test_everything_that_is_said_is_kept(write_case: Callable[..., Path]) -> None:
    toml = (
        f"[case]\n{LEAST}title = 'T'\nperiod_start = 2017-04-01\nperiod_end = 2017-04-30\nas_of = 2017-06-30\n"
        "area = [35.7, 34, 37.8, 36.6]\norbat = 'syria'\nattribution_level = 0.9\nsingle_source = 'widen'\n"
        "[party_labels]\nSyrian = 'Government'\n"
    )
    settings = read_case(write_case({}, toml=toml)).settings
    assert (settings.period_start, settings.period_end, settings.as_of) == (
        date(2017, 4, 1),
        date(2017, 4, 30),
        date(2017, 6, 30),
    )
    assert (settings.area, settings.orbat, settings.attribution_level) == ((35.7, 34.0, 37.8, 36.6), "syria", 0.9)
    assert settings.single_source == "widen"
    assert settings.label_of("Syrian") == "Government"


@pytest.mark.parametrize(
    ("toml", "names"),
    [
        ("", "case"),
        ("[case]\nid = 'x'\n", "case.time_zone"),
        (f"[case]\n{LEAST}tilte = 'T'\n", "case.tilte"),
        (f"[case]\n{LEAST}".replace("Damascus", "Damaskus"), "case.time_zone"),
        (f"[case]\n{LEAST}".replace("Asia/Damascus", "../../etc/passwd"), "case.time_zone"),
        (f"[case]\n{LEAST}".replace('["Syrian", "Russian"]', "[]"), "case.parties"),
        (f"[case]\n{LEAST}".replace('"Russian"', '"syrian "'), "twice"),
        (f"[case]\n{LEAST}".replace('"Russian"', '"other"'), "other"),
        (f"[case]\n{LEAST}".replace('"Russian"', '"A+B"'), "join"),
        (f"[case]\n{LEAST}".replace('"x"', '"../x"'), "case.id"),
        (f"[case]\n{LEAST}period_start = 2017-05-01\nperiod_end = 2017-04-01\n", "period_end is before"),
        (f"[case]\n{LEAST}period_start = '2017-05-01'\n", "case.period_start"),
        (f"[case]\n{LEAST}as_of = 2017-05-01T10:00:00\n", "case.as_of"),
        (f"[case]\n{LEAST}area = [37.8, 34.0, 35.7, 36.6]\n", "case.area"),
        (f"[case]\n{LEAST}area = [35.7, 34.0, 37.8]\n", "case.area"),
        (f"[case]\n{LEAST}attribution_level = 95\n", "case.attribution_level"),
        (f"[case]\n{LEAST}single_source = 'never'\n", "case.single_source"),
        (f"[case]\n{LEAST}[party_labels]\nTurkish = 'x'\n", "Turkish"),
        ("[case\n", "TOML"),
    ],
)
def test_what_is_wrong_names_the_key_and_the_remedy(toml: str, names: str, write_case: Callable[..., Path]) -> None:
    with pytest.raises(CaseFileInvalid) as caught:
        read_case(write_case({}, toml=toml))
    assert names in str(caught.value)
    assert "case.toml" in str(caught.value)
    assert caught.value.remedy


def test_a_missing_folder_or_case_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseFolderMissing, match="no such folder"):
        read_case(tmp_path / "nowhere")
    with pytest.raises(CaseFileInvalid, match=r"case\.toml: there is no such file"):
        read_case(tmp_path)


def test_a_case_file_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes(f"[case]\n{LEAST}title = 'Idlib \xe9'\n".encode("latin-1"))
    with pytest.raises(CaseFileInvalid, match="UTF-8"):
        read_case(tmp_path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes(b"\xef\xbb\xbf" + f"[case]\n{LEAST}".encode())
    assert read_case(tmp_path).settings.id == "x"
