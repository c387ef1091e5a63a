"""Working copies of pictures for a publication: pixels alone, named regions covered, nothing of the file kept.

No face or plate is found by a program here, so no picture goes out unless somebody has looked at it and said which
regions to cover, or why it may be shown as it is. Videos do not go out at all.
"""

from __future__ import annotations

import io
import re
import warnings
from typing import Final, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from consilience.errors import PublishError

PICTURE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp")
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
"""Pillow tries no other decoder, whatever the name says."""
_MOST_PIXELS: Final = 144_000_000
"""Twelve thousand pixels square. Pillow itself only warns of more; here it is an error."""
_QUALITY: Final = 88
_REGION: Final = re.compile(r"\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})\s*")


class Region(NamedTuple):
    """A rectangle of pixels of the upright picture: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int


def regions_of(text: str) -> tuple[Region, ...]:
    """The regions in "x,y,w,h; x,y,w,h", in pixels of the picture as it is shown upright. ValueError for any other."""
    found = []
    for part in text.split(";"):
        match = _REGION.fullmatch(part)
        if match is None or 0 in (int(match[3]), int(match[4])):
            raise ValueError("must be regions such as 120,40,64,80; 300,44,60,75 (x, y, width, height in pixels)")
        found.append(Region(*(int(number) for number in match.groups())))
    return tuple(found)


def picture_copy(data: bytes, name: str, regions: tuple[Region, ...]) -> bytes:
    """A JPEG of the picture's pixels, upright, each region filled with its own mean colour: nothing under it is left.

    No EXIF, thumbnail, profile, comment or trailing byte of the original is in it; a picture of several frames gives
    its first. Raises PublishError where the bytes are no picture, hold too many pixels, or a region lies outside.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    remedy = "Withdraw the decision that shows it, or keep a smaller copy of it and show that."
                    raise PublishError(f"has more than {_MOST_PIXELS} pixels", where=name, remedy=remedy)
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as err:
        kind = "is no picture that can be read" if isinstance(err, UnidentifiedImageError) else "can't be decoded"
        raise PublishError(kind, where=name, remedy="Withdraw the decision that shows it.") from err
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    for region in regions:
        _cover(bare, region, name)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _cover(picture: Image.Image, region: Region, name: str) -> None:
    """A blur or mosaic can be undone in part (Hill et al., PoPETs 2016(4), 403-417); one colour can't."""
    right, bottom = region.x + region.w, region.y + region.h
    if right > picture.width or bottom > picture.height:
        what = (
            f"region {region.x},{region.y},{region.w},{region.h} lies outside its {picture.width} by {picture.height}"
        )
        raise PublishError(what, where=name, remedy="Measure it on the upright picture and decide again.")
    box = (region.x, region.y, right, bottom)
    picture.paste(picture.crop(box).resize((1, 1), Image.Resampling.BOX).resize((region.w, region.h)), box)
