"""Groups that few share are merged so that nobody is found by subtraction; pictures keep nothing but pixels."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from consilience.errors import PublishError
from consilience.publish.media_copies import Region, picture_copy, regions_of
from consilience.publish.picture_flaws import jpeg_flaws, png_flaws
from consilience.publish.profiles import PROFILES
from consilience.publish.redaction import coarse_day, coarse_position, k_anonymous

PUBLIC = PROFILES["public"]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "other"]), max_size=40), st.integers(1, 6))
def test_no_group_is_smaller_than_k_and_nobody_is_lost_unless_all_would_be(roles: list[str], k: int) -> None:
    counted = k_anonymous([(role,) for role in roles], k)
    assert all(n >= k for n in counted.values())
    assert sum(counted.values()) in (len(roles), 0)
    assert counted or len(roles) < k or max(Counter(roles).values(), default=0) < k


def test_an_office_with_one_holder_is_not_counted_by_itself() -> None:
    people = [("surgeon", "Northtown")] + [("nurse", "Northtown")] * 4 + [("teacher", "Southtown")] * 3
    assert k_anonymous(people, 3) == {("nurse", "Northtown"): 4, ("other", "other"): 4}


def test_the_public_learns_month_and_kilometre() -> None:
    assert coarse_day(date(2020, 2, 5), PUBLIC) == "2020-02"
    assert coarse_day(date(2020, 2, 5), PROFILES["court"]) == "2020-02-05"
    assert coarse_position(35.61234, 36.60987, PUBLIC) == (35.61, 36.61)


def _picture(form: str, **more: object) -> bytes:
    picture = Image.new("RGB", (40, 20), (10, 200, 30))
    picture.paste((250, 0, 0), (0, 0, 10, 10))
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def test_nothing_of_the_file_but_its_pixels_goes_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Synthetic Camera"
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Synthetic Person")
    for data in (_picture("JPEG", exif=exif, comment=b"Synthetic"), _picture("PNG", pnginfo=text) + b"Synthetic tail"):
        copy = picture_copy(data, "x", ())
        assert jpeg_flaws(copy) == ()
        assert b"Synthetic" not in copy


def test_a_covered_region_is_one_colour_and_the_rest_is_as_it_was() -> None:
    copy = Image.open(io.BytesIO(picture_copy(_picture("PNG"), "x", (Region(0, 0, 20, 20),)))).convert("RGB")
    for band in copy.crop((2, 2, 14, 18)).split():
        low, high = band.getextrema()
        assert float(str(high)) - float(str(low)) <= 6
    assert abs(copy.getpixel((35, 10))[1] - 200) <= 6  # type: ignore[index]


def test_regions_are_those_of_the_upright_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    copy = Image.open(io.BytesIO(picture_copy(_picture("JPEG", exif=exif), "x", ())))
    assert copy.size == (20, 40)


@pytest.mark.parametrize("data", [b"", b"no picture", _picture("PNG")[:60], b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PublishError):
        picture_copy(data, "x", ())


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,0,4", "a,b,c,d", "1,2,3,4;", "-1,2,3,4"])
def test_regions_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be regions"):
        regions_of(text)


def test_metadata_of_a_png_is_seen() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "x")
    assert [flaw.where for flaw in png_flaws(_picture("PNG", pnginfo=text))] == ["chunk tEXt"]
    assert png_flaws(_picture("PNG")) == ()
