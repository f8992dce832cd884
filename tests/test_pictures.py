"""What becomes of a picture: odd ones are taken, broken ones refused, and nothing that is not drawn is kept."""

import io
import random
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from handlers.rules.evidence import Unfit, media_type, preview
from handlers.rules.pictures import LEAST_FRAME, MOST_MOVING, BadPicture, Fault, clean

GREEN = Image.new("RGB", (60, 40), "green")
SECRET = "12 Home Street"
SMALLEST = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET
    return exif


def moving(side: int, frames: int) -> bytes:
    """A GIF of few bytes and many dots."""
    one = saved(Image.new("P", (side, side)), "GIF")
    frame = one[one.index(b"\x2c\0\0\0\0") : -1]
    return one[:-1] + frame * (frames - 1) + b";"


def test_a_telephones_two_pictures_in_one_are_a_picture() -> None:
    two = saved(GREEN, "MPO", save_all=True, append_images=[GREEN.copy()], exif=turned())
    taken = clean(two)
    assert (taken.media_type, taken.width, taken.height) == ("image/jpeg", 40, 60)
    assert Image.open(io.BytesIO(taken.data)).format == "JPEG"
    assert media_type(two, papers=False) == "image/jpeg" and preview(two, 40_000)


def test_nothing_is_kept_that_is_not_drawn() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SECRET)
    for data in (
        saved(GREEN, "JPEG", comment=SECRET, exif=turned(), xmp=SECRET.encode()),
        saved(GREEN.convert("CMYK"), "JPEG", comment=SECRET), saved(GREEN, "PNG", pnginfo=told, exif=turned()),
        saved(GREEN, "WEBP", exif=turned(), xmp=SECRET.encode()), saved(GREEN, "JPEG") + SECRET.encode(),
        saved(GREEN, "GIF", save_all=True, append_images=[GREEN.rotate(90)], comment=SECRET.encode()),
    ):
        assert SECRET.encode() in data
        taken = clean(data)
        assert SECRET.encode() not in taken.data + taken.thumb


def test_what_is_transparent_stays_so() -> None:
    see_through = Image.open(io.BytesIO(clean(saved(GREEN, "PNG", transparency=(0, 128, 0))).data))
    assert see_through.convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_camera_that_wrote_nonsense_spoils_no_picture(kind: str) -> None:
    data = saved(GREEN, kind, exif=b"Exif\0\0XX\0*\0\0\0\x08" + b"\xff" * 40)
    assert clean(data).width == 60
    assert preview(data, 40_000)


@pytest.mark.filterwarnings("ignore")
def test_however_a_picture_is_broken_it_is_refused_in_words() -> None:
    """Pillow raises struct.error, IndexError, KeyError and more on such files."""
    dice = random.Random(7)
    whole = [
        saved(GREEN, kind, exif=turned(), **more) for kind, more in
        (("JPEG", {}), ("PNG", {}), ("WEBP", {}), ("MPO", {"save_all": True, "append_images": [GREEN.copy()]}))
    ]
    whole.append(saved(GREEN, "GIF", save_all=True, append_images=[GREEN.rotate(90)]))
    refused = 0
    for _ in range(600):
        data = bytearray(dice.choice(whole))
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(min(len(data), 400))] = dice.randrange(256)
        del data[dice.choice((len(data), dice.randrange(len(data)))) :]
        media_type(bytes(data), papers=True)
        preview(bytes(data), 40_000)
        try:
            clean(bytes(data))
        except BadPicture:
            refused += 1
    assert refused > 200


def test_a_few_bytes_that_are_a_great_many_dots_are_refused_before_they_are_drawn() -> None:
    small = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + SMALLEST * (MOST_MOVING // LEAST_FRAME + 1) + b";"
    jpeg = saved(GREEN, "JPEG", progressive=True)
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    over = jpeg[:-2] + scan * 200 + jpeg[-2:]
    assert media_type(over, papers=False) == Unfit.TOO_MANY_PIXELS
    for data in (small, moving(7100, 1), over):
        with pytest.raises(BadPicture) as refused:
            clean(data)
        assert refused.value.fault == Fault.TOO_MANY_PIXELS
    assert clean(moving(100, 20)).media_type == "image/gif"
    assert clean(jpeg).width == 60
