from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from muster.imaging.standard import HEIGHT, WIDTH, standardise
from muster.reading.radiographs import ImageError
from muster.simulator.xray import DORSO_VENTRAL, LATERAL, Phantom, plate_of, render


def phantom(index: int, *, view: str = DORSO_VENTRAL, centre_index: int = 0) -> Phantom:
    return Phantom(f"mouse-{index}", ("female", "male")[index % 2], 25.0, view, 28, False, "C", centre_index, 7)


def grey(image: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(image)))


def png(values: np.ndarray) -> bytes:
    stream = BytesIO()
    Image.fromarray(values).save(stream, format="PNG")
    return stream.getvalue()


def turn_between(first: float, second: float) -> float:
    return abs((first - second + 180) % 360 - 180)


def test_the_animal_is_found_head_up_within_five_degrees_at_every_centre() -> None:
    mice = [phantom(n, view=(DORSO_VENTRAL, LATERAL)[n % 2], centre_index=n // 2 % 10) for n in range(60)]

    errors = [
        turn_between(
            standardise(render(mouse, height=192)).rotation_degrees, plate_of(mouse, height=192).rotation_degrees
        )
        for mouse in mice
    ]

    assert np.mean(np.array(errors) <= 5) >= 0.95
    assert max(errors) < 10


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_turning_the_picture_turns_the_answer_and_not_the_standard_picture(quarter_turns: int) -> None:
    values = grey(render(phantom(1), height=192))

    upright, turned = standardise(png(values)), standardise(png(np.rot90(values, -quarter_turns)))

    assert turn_between(turned.rotation_degrees, upright.rotation_degrees + 90 * quarter_turns) < 1
    assert np.abs(turned.pixels - upright.pixels).mean() < 0.02


def test_padding_changes_nothing_but_the_place_of_the_crop() -> None:
    values = grey(render(phantom(2, centre_index=5), height=192))

    plain = standardise(png(values))
    padded = standardise(png(np.pad(values, ((40, 0), (15, 60)))))

    np.testing.assert_allclose(padded.pixels, plain.pixels, atol=1e-6)
    left, top, right, bottom = plain.crop
    assert padded.crop == (left + 15, top + 40, right + 15, bottom + 40)
    assert padded.body_area_pixels == plain.body_area_pixels
    assert set(padded.flags) - set(plain.flags) == {"padded"}


def test_bones_dark_on_white_give_the_same_picture() -> None:
    values = grey(render(phantom(4), height=192))

    plain, inverted = standardise(png(values)), standardise(png(255 - values))

    assert {"inverted"} == set(plain.flags) ^ set(inverted.flags)
    assert np.abs(inverted.pixels - plain.pixels).mean() < 0.01


def test_marks_beside_the_animal_are_blanked_and_the_crop_leaves_them_out() -> None:
    values = np.zeros((240, 160), np.uint8) + 12
    rows, columns = np.indices(values.shape)
    values[((rows - 120) / 70) ** 2 + ((columns - 80) / 28) ** 2 < 1] = 150
    values[110:130, 75:85] = 250
    values[10:22, 4:30] = 255

    standard = standardise(png(values))

    left, top, right, bottom = standard.crop
    assert (abs(left - 52) <= 2, abs(top - 50) <= 2, abs(right - 109) <= 2, abs(bottom - 191) <= 2) == (True,) * 4
    assert standard.pixels[:3].max() == 0


def test_size_is_taken_out_of_the_pixels_and_kept_as_the_area() -> None:
    values = Image.fromarray(grey(render(phantom(3), height=192)))
    double = np.asarray(values.resize((values.width * 2, values.height * 2), Image.Resampling.BICUBIC))

    small, large = standardise(png(np.asarray(values))), standardise(png(double))

    assert small.pixels.shape == large.pixels.shape == (HEIGHT, WIDTH)
    assert np.abs(large.pixels - small.pixels).mean() < 0.03
    assert large.body_area_pixels / small.body_area_pixels == pytest.approx(4, rel=0.06)


def test_a_picture_without_an_animal_is_refused() -> None:
    values = np.random.default_rng(1).normal(60, 3, size=(200, 200)).clip(0, 255).astype(np.uint8)
    values[20:26, 20:26] = 250

    with pytest.raises(ImageError, match="no animal found"):
        standardise(png(values))
