"""Originals: a few of each kind, known in the truth, in every release."""

import pandas as pd

from muster.simulator.originals import KINDS, PLAIN, dicom, original_kinds


def test_each_kind_of_original_is_there_once_and_in_the_first_release(tiny_mirror) -> None:
    truth = pd.read_csv(tiny_mirror.folder / "truth" / "images.csv")

    counts = truth["original"].value_counts()
    assert {kind: counts[kind] for kind in KINDS} == dict.fromkeys(KINDS, 1)
    assert counts[PLAIN] == len(truth) - len(KINDS)
    assert set(truth.loc[truth["original"] != PLAIN, "stage"]) == {truth["stage"].min()}


def test_every_picture_has_an_original(tiny_mirror) -> None:
    place = tiny_mirror.folder / "mi/media/omero/webgateway"

    assert {path.name for path in (place / "archived_files/download").iterdir()} == {
        path.name for path in (place / "render_image").iterdir()
    }


def test_fewer_pictures_than_kinds_are_no_fault() -> None:
    stages = pd.Series([1, 0, 0]).to_numpy()

    assert original_kinds(stages) == [PLAIN, KINDS[0], KINDS[1]]


def test_a_dicom_file_depends_on_its_pixels_alone() -> None:
    grey = pd.Series(range(12)).to_numpy(dtype="uint8").reshape(3, 4)

    assert dicom(grey, "MONOCHROME2") == dicom(grey, "MONOCHROME2")
