"""Picture files of every format are decoded to the last byte, or refused with what was found."""

from io import BytesIO
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from muster.imaging.picture import read
from muster.reading.radiographs import ImageError, read_radiograph
from muster.simulator.originals import dicom

GREY = np.random.default_rng(5).integers(0, 256, size=(90, 70)).astype(np.uint8)
GREY[0, :2] = 0, 255


def any_size(_width: int, _height: int) -> None:
    pass


def changed(content: bytes, **elements: Any) -> bytes:
    data = pydicom.dcmread(BytesIO(content))
    for name, value in elements.items():
        setattr(data, name, value)
    stream = BytesIO()
    data.save_as(stream)
    return stream.getvalue()


def raster(values: np.ndarray, kind: str) -> bytes:
    stream = BytesIO()
    Image.fromarray(values).save(stream, format=kind)
    return stream.getvalue()


def share(pixels: np.ndarray) -> np.ndarray:
    """Return values from 0 (darkest) to 1."""
    values = pixels.astype(float)
    return (values - values.min()) / np.ptp(values)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (raster(GREY, "PNG"), ("PNG", 8)),
        (raster(GREY, "TIFF"), ("TIFF", 8)),
        (raster(GREY.astype(np.uint16) * 257, "TIFF"), ("TIFF", 16)),
        (dicom(GREY, "MONOCHROME2"), ("DICOM", 12)),
        (dicom(255 - GREY, "MONOCHROME1"), ("DICOM", 12)),
    ],
)
def test_one_picture_in_every_format_has_the_same_greys(content: bytes, told: tuple[str, int]) -> None:
    radiograph = read_radiograph(content, any_size)

    assert (radiograph.format, radiograph.bits) == told
    assert (radiograph.width, radiograph.height, radiograph.frames) == (70, 90, 1)
    np.testing.assert_allclose(share(radiograph.pixels), GREY / 255, atol=1e-3)


def test_models_see_the_same_animal_in_a_dicom_file_and_in_a_png() -> None:
    as_png, as_dicom = read(raster(GREY, "PNG")), read(dicom(GREY, "MONOCHROME2"))

    np.testing.assert_allclose(as_dicom.grey, as_png.grey, atol=1e-3)


def test_a_window_cuts_off_what_lies_outside_it() -> None:
    narrow = changed(dicom(GREY, "MONOCHROME2"), WindowCenter=200 + 100 * 15, WindowWidth=20 * 15)

    shown = share(read_radiograph(narrow, any_size).pixels)

    assert set(shown[GREY < 85]) == {0.0}
    assert set(shown[GREY > 115]) == {1.0}


def test_values_are_rescaled_before_they_are_windowed() -> None:
    plain = dicom(GREY, "MONOCHROME2")
    doubled = changed(
        plain, RescaleSlope=2, RescaleIntercept=-400, WindowCenter=127.5 * 30 + 0.5, WindowWidth=255 * 30 + 1
    )

    np.testing.assert_allclose(share(read_radiograph(doubled, any_size).pixels), GREY / 255, atol=1e-3)


def test_run_length_coded_dicom_is_read() -> None:
    data = pydicom.dcmread(BytesIO(dicom(GREY, "MONOCHROME2")))
    data.compress(RLELossless)
    stream = BytesIO()
    data.save_as(stream)

    np.testing.assert_allclose(share(read_radiograph(stream.getvalue(), any_size).pixels), GREY / 255, atol=1e-3)


def with_syntax(syntax: str) -> bytes:
    data = pydicom.dcmread(BytesIO(dicom(GREY, "MONOCHROME2")))
    data.file_meta.TransferSyntaxUID = syntax
    if syntax == JPEG2000Lossless:
        data.PixelData = pydicom.encaps.encapsulate([b"no picture"])
        data["PixelData"].VR = "OB"
    stream = BytesIO()
    data.save_as(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>an error</html>", "starts with 3c 68 74 6d.*expected JPEG, PNG, TIFF, DICOM"),
        (raster(GREY, "JPEG")[:1500], "damaged file"),
        (raster(GREY, "TIFF")[:3000], "damaged file"),
        (raster(GREY, "PNG")[:3000], "damaged file"),
        (dicom(GREY, "MONOCHROME2")[:6000], "damaged file"),
        (b"\0" * 128 + b"DICM", "DICOM file without pixels"),
        (with_syntax(DeflatedExplicitVRLittleEndian), "deflated DICOM"),
        (with_syntax(JPEG2000Lossless), "damaged file|compressed as JPEG 2000"),
    ],
)
def test_what_is_not_whole_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        read_radiograph(content, any_size)


@pytest.mark.parametrize(
    "content",
    [
        changed(dicom(GREY, "MONOCHROME2"), Rows=60_000, Columns=60_000),
        changed(dicom(GREY, "MONOCHROME2"), NumberOfFrames=40_000),
    ],
)
def test_a_dicom_bomb_is_refused_by_its_header(content: bytes) -> None:
    def judge(width: int, height: int) -> None:
        if width * height > 1_000_000:
            raise ImageError(f"found {width}x{height} pixels")

    with pytest.raises(ImageError, match=r"found \d+x\d+ pixels"):
        read_radiograph(content, judge)
