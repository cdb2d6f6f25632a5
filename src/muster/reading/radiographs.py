"""Every picture file is opened here: JPEG, PNG, TIFF and DICOM as numbers, decoded to the last byte or refused."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from pydicom.pixels import apply_modality_lut, apply_voi_lut

DICOM = "DICOM"
RASTERS = ("JPEG", "PNG", "TIFF")
FORMATS = (*RASTERS, DICOM)
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", DICOM: ".dcm"}
#: A DICOM file begins with 128 bytes of anything and this word.
DICOM_MARK, DICOM_MARK_AT = b"DICM", 128
DEFLATED = b"1.2.840.10008.1.2.1.99"
HEADER_BYTES = 1024
BITS = {"1": 1, "I": 32, "F": 32}

Judge = Callable[[int, int], None]
"""Given width and height before anything is decoded: raises ImageError where they are refused."""


class ImageError(ValueError):
    """The picture cannot be used; the message says what was found and what is expected."""


@dataclass(frozen=True)
class Radiograph:
    """A decoded picture file."""

    pixels: NDArray[np.number]
    """Rows by columns, of the first frame; a third axis where it has colours. Bright is what the file calls bright."""
    format: str
    mode: str
    """How the file stores a pixel, in the words of its format."""
    bits: int
    """Of one value."""
    frames: int

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def read_radiograph(content: bytes, judge: Judge) -> Radiograph:
    """Return the picture in a file's bytes; `judge` looks at its size first.

    Raises:
        ImageError: no picture, a damaged one, or one that `judge` refuses.
    """
    try:
        if content[DICOM_MARK_AT:].startswith(DICOM_MARK):
            return _dicom(content, judge)
        return _raster(content, judge)
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        start = content[:8].hex(" ")
        raise ImageError(
            f"found a file that starts with {start or 'nothing'}; expected {', '.join(FORMATS)}"
        ) from error
    except Exception as error:
        # Whatever a decoder stumbles over in a stranger's file is a fault of the file.
        raise ImageError(f"found a damaged file ({error}); expected a whole {', '.join(FORMATS)}") from error


def _raster(content: bytes, judge: Judge) -> Radiograph:
    with Image.open(BytesIO(content), formats=RASTERS) as picture:
        judge(*picture.size)
        frames: int = getattr(picture, "n_frames", 1)
        judge(picture.width, picture.height * frames) if frames > 1 else None
        bits = 16 if picture.mode.startswith("I;16") else BITS.get(picture.mode, 8)
        kind, mode, pixels = str(picture.format), picture.mode, _values(picture)
        for frame in range(1, frames):
            picture.seek(frame)
            picture.load()
    return Radiograph(pixels, kind, mode, bits, frames)


def _values(picture: Image.Image) -> NDArray[np.number]:
    if picture.mode in ("L", "I;16", "I;16B", "I;16L", "I", "F"):
        return np.asarray(picture)
    return np.asarray(picture.convert("L" if picture.mode in ("1", "LA") else "RGB"))


def _dicom(content: bytes, judge: Judge) -> Radiograph:
    if DEFLATED in content[:HEADER_BYTES]:
        # Its size is known only after all of it is inflated.
        raise ImageError("found a deflated DICOM file; expected one whose pixels can be measured before they are read")
    data = pydicom.dcmread(BytesIO(content))
    if "PixelData" not in data:
        raise ImageError("found a DICOM file without pixels; expected a picture")
    frames = int(data.get("NumberOfFrames") or 1)
    judge(int(data.Columns), int(data.Rows))
    judge(int(data.Columns), int(data.Rows) * frames) if frames > 1 else None
    mode = str(data.PhotometricInterpretation)
    try:
        values = data.pixel_array
    except (NotImplementedError, RuntimeError) as error:
        name = data.file_meta.TransferSyntaxUID.name
        raise ImageError(f"found a DICOM file compressed as {name}; expected uncompressed, RLE or JPEG") from error
    first: NDArray[np.number] = values[0] if frames > 1 else values
    if mode.startswith("MONOCHROME"):
        first = _shown(first, data, is_inverted=mode == "MONOCHROME1")
    return Radiograph(first, DICOM, mode, int(data.BitsStored), frames)


def _shown(values: NDArray[np.number], data: pydicom.Dataset, *, is_inverted: bool) -> NDArray[np.number]:
    """Return the values as a viewer shows them: rescaled, within the window the file asks for, bright for large."""
    shown = np.asarray(apply_voi_lut(apply_modality_lut(values, data), data), dtype=np.float32)
    return shown.max() + shown.min() - shown if is_inverted else shown
