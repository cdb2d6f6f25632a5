from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from muster.simulator.xray import DORSO_VENTRAL, LATERAL, Phantom, UnknownViewError, plate_of, render
from muster.simulator.xray_anatomy import draw_dorso_ventral
from muster.simulator.xray_body import Body

MALE = Phantom("mouse-1", "male", 27.0, DORSO_VENTRAL, 28, False, "JAX", 2, 7)


def grey(phantom: Phantom) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(render(phantom, height=160))))


def body(*, is_male: bool, caudal_vertebrae: int = 28, seed: int = 1) -> Body:
    return Body.grow(
        is_male=is_male,
        weight_grams=25,
        caudal_vertebrae=caudal_vertebrae,
        is_abnormal=False,
        chance=np.random.default_rng(seed),
        posture=np.random.default_rng(seed),
    )


def test_a_phantom_is_a_greyscale_jpeg_and_the_same_bytes_each_time() -> None:
    first, second = render(MALE, height=160), render(MALE, height=160)

    assert first == second
    assert first[:2] == b"\xff\xd8"
    assert grey(MALE).ndim == 2


@pytest.mark.parametrize("change", [{"view": LATERAL}, {"specimen_id": "mouse-2"}, {"seed": 8}, {"centre_index": 4}])
def test_another_view_mouse_seed_or_centre_is_another_picture(change: dict[str, object]) -> None:
    assert render(replace(MALE, **change), height=160) != render(MALE, height=160)


def test_the_plate_of_a_male_and_a_female_is_the_same() -> None:
    female = replace(MALE, sex="female", weight_grams=21.0)

    assert plate_of(MALE, height=160) == plate_of(female, height=160)


def test_the_marks_beside_the_animal_do_not_tell_the_sex() -> None:
    for centre_index in range(8):
        male = grey(replace(MALE, centre_index=centre_index))
        female = grey(replace(MALE, centre_index=centre_index, sex="female"))
        assert male.shape == female.shape
        # Only the animal differs, and it covers far less than half of the plate.
        assert (np.abs(male.astype(int) - female) > 40).mean() < 0.1


def test_centres_lay_the_animal_in_all_four_directions() -> None:
    turns = [plate_of(replace(MALE, centre_index=index), height=160).habits.rotation_degrees for index in range(4)]

    assert sorted(turns) == [0, 90, 180, 270]


def test_females_have_the_wider_pelvis_and_males_a_baculum() -> None:
    males, females = ([body(is_male=is_male, seed=seed) for seed in range(30)] for is_male in (True, False))

    assert np.mean([one.pelvis_breadth for one in males]) < np.mean([one.pelvis_breadth for one in females]) - 0.01
    assert all(one.baculum_mm > 0 for one in males)
    assert not any(one.baculum_mm for one in females)


def test_each_caudal_vertebra_is_drawn() -> None:
    few, many = (len(draw_dorso_ventral(body(is_male=True, caudal_vertebrae=count))) for count in (26, 30))

    assert many - few == 4


def test_an_unknown_view_is_refused_by_name() -> None:
    with pytest.raises(UnknownViewError, match="forepaw: not a view"):
        render(replace(MALE, view="forepaw"), height=160)
