"""What becomes of a picture before anybody keeps it: checked, freed of its metadata, made small for cards."""

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
THUMB_BYTES = 14_000
"""Four small copies and the words of a card stay below what one Teams message holds."""
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}


class Fault(StrEnum):
    """Why a picture cannot be posted; `cards.pictures` has the sentences."""

    TOO_LARGE = "too large"
    TOO_MANY_PIXELS = "too many pixels"
    UNREADABLE = "unreadable"


class BadPicture(ValueError):
    """Not a picture that can be posted, and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture without metadata (no place, no camera, no name), and a small JPEG of it."""

    data: bytes
    thumb: bytes
    media_type: str
    width: int
    height: int


def clean(data: bytes) -> Clean:
    """The picture as it would be published; BadPicture for what is none, or too large."""
    if len(data) > MOST_BYTES:
        raise BadPicture(Fault.TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
                return _clean(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadPicture(Fault.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, BadPicture):
            raise
        raise BadPicture(Fault.UNREADABLE) from None


def _clean(image: Image.Image) -> Clean:
    kind = image.format or ""
    if image.width * image.height > MOST_PIXELS:
        raise BadPicture(Fault.TOO_MANY_PIXELS)
    image.load()
    turned = ImageOps.exif_transpose(image)
    out = io.BytesIO()
    if kind == "GIF":
        _frames(image, out)
    elif kind == "JPEG":
        turned.convert("RGB").save(out, "JPEG", quality=92, exif=b"", icc_profile=None)
    else:
        turned.info = {}
        turned.save(out, kind)
    return Clean(out.getvalue(), _thumb(turned), FORMATS[kind], turned.width, turned.height)


def _frames(image: Image.Image, out: io.BytesIO) -> None:
    """A GIF keeps its movement, and loses its comments."""
    image.info.pop("comment", None)
    image.save(out, "GIF", save_all=True, comment=b"")


def _thumb(image: Image.Image) -> bytes:
    """A JPEG of at most THUMB_BYTES, on white where the picture is transparent."""
    flat = Image.new("RGB", image.size, "white")
    rgba = image.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    for side, quality in ((480, 60), (360, 50), (240, 45), (160, 40)):
        small = flat.copy()
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality)
        if out.tell() <= THUMB_BYTES:
            break
    return out.getvalue()
