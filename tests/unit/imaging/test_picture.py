from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from muster.imaging.picture import read
from muster.reading.radiographs import ImageError


def encode(values: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    stream = BytesIO()
    Image.fromarray(values).save(stream, format=kind, **options)
    return stream.getvalue()


def noise(height: int = 100, width: int = 80, top: int = 255) -> np.ndarray:
    return np.random.default_rng(3).integers(0, top, size=(height, width))


def test_eight_and_sixteen_bits_and_three_equal_channels_give_the_same_picture() -> None:
    values = noise().astype(np.uint8)

    eight = read(encode(values)).grey
    sixteen = read(encode(values.astype(np.uint16) * 257)).grey
    colour = read(encode(np.dstack([values] * 3))).grey
    tiff = read(encode(values.astype(np.uint16) * 257, "TIFF")).grey

    for other in (sixteen, colour, tiff):
        np.testing.assert_allclose(other, eight, atol=1e-4)


def test_padding_of_any_grey_is_cut_off_even_frame_in_frame() -> None:
    values = noise().astype(np.uint8)
    framed = np.pad(np.pad(values, 10, constant_values=255), ((30, 0), (7, 7)), constant_values=0)

    picture = read(encode(framed))

    np.testing.assert_array_equal(picture.grey, read(encode(values)).grey)
    assert picture.origin == (17, 40)
    assert picture.is_padded


def test_a_large_picture_is_reduced_to_the_working_size() -> None:
    picture = read(encode(noise(1500, 900).astype(np.uint8)))

    assert picture.reduction == 3
    assert picture.grey.shape == (500, 300)
    assert (picture.width, picture.height) == (900, 1500)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (b"", "starts with nothing; expected JPEG, PNG, TIFF"),
        (b"GIF89a not a radiograph", "starts with 47 49 46 38"),
        (encode(noise().astype(np.uint8), "JPEG")[:900], "damaged file"),
        (encode(noise(20, 20).astype(np.uint8)), "found 20x20 pixels; expected sides of 48"),
        (encode(np.zeros((48, 12_001), np.uint8)), "found 12001x48 pixels"),
        (encode(np.full((100, 100), 7, np.uint8)), "one flat grey"),
        (encode(np.dstack([noise(), noise() // 2, noise() // 4]).astype(np.uint8)), "found a colour picture"),
        (encode(np.full((60, 60), np.nan, np.float32), "TIFF"), "values that are not numbers"),
        (encode(np.pad(noise(30, 80), 20).astype(np.uint8)), "80x30 pixels within a flat frame"),
    ],
)
def test_a_bad_file_is_refused_with_what_was_found(image: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        read(image)


def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = bytearray(encode(np.zeros((64, 64), np.uint8)))
    # Width and height stand in the header; the data behind it stay small.
    bomb[16:24] = (200_000).to_bytes(4, "big") * 2

    with pytest.raises(ImageError):
        read(bytes(bomb))


def test_several_frames_are_refused() -> None:
    frames = [Image.fromarray(noise().astype(np.uint8)) for _ in range(3)]
    stream = BytesIO()
    frames[0].save(stream, format="TIFF", save_all=True, append_images=frames[1:])

    with pytest.raises(ImageError, match="found 3 frames; expected one picture"):
        read(stream.getvalue())
