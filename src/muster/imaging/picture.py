"""Read an untrusted greyscale JPEG, PNG, TIFF or DICOM into numbers, or say what is wrong with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.reading.radiographs import ImageError, Radiograph, read_radiograph

Grey = NDArray[np.float32]

LARGEST_BYTES = 64 * 2**20
SMALLEST_SIDE = 48
GREY_AXES = 2
LARGEST_SIDE = 12_000
LARGEST_PIXELS = 60_000_000
#: Longest side that is looked at; the standard picture needs less.
WORKING_SIDE = 512
#: Mean difference between colour channels (of 255) that JPEG alone does not make.
LARGEST_COLOUR = 10
#: A row whose values differ by no more than this share of the range is padding, not picture.
PADDING_SPREAD = 0.025
#: A row with nothing darker than this is white padding, even where JPEG rings beside the picture's edge.
WHITE_SHARE = 0.85


@dataclass(frozen=True)
class Picture:
    """The picture without its padding, values from 0 (darkest) to 1, reduced to the working size."""

    grey: Grey
    width: int
    height: int
    reduction: int
    """Pixels of the file per pixel of `grey`, along one side."""
    origin: tuple[int, int]
    """Left and top of `grey` in the file's pixels."""

    @property
    def is_padded(self) -> bool:
        """Whether a frame was cut off."""
        tall, wide = self.grey.shape
        cut_off = self.width - wide * self.reduction, self.height - tall * self.reduction
        return bool(max(cut_off) >= 2 * self.reduction)


def read(image: bytes) -> Picture:
    """Return the picture in a file's bytes.

    Raises:
        ImageError: not a picture, not greyscale, damaged, too small, too large or empty.
    """
    values = _decode(image)
    height, width = values.shape
    low, high = float(values.min()), float(values.max())
    if high <= low:
        raise ImageError(f"the picture is one flat grey ({low:g}); expected a radiograph")
    top, bottom, left, right = _frame(values, PADDING_SPREAD * (high - low), low + WHITE_SHARE * (high - low))
    inner = values[top:bottom, left:right]
    if min(inner.shape) < SMALLEST_SIDE:
        found = f"{inner.shape[1]}x{inner.shape[0]} pixels within a flat frame"
        raise ImageError(f"found {found}; expected at least {SMALLEST_SIDE} pixels a side")
    reduction = max(1, -(-max(inner.shape) // WORKING_SIDE))
    dark, bright = np.percentile(inner[::reduction, ::reduction], [0.5, 99.8])
    grey = np.clip((_reduce(inner, reduction) - dark) / max(bright - dark, 1e-6), 0, 1)
    return Picture(grey.astype(np.float32), width, height, reduction, (left, top))


def _decode(image: bytes) -> NDArray[np.number]:
    if len(image) > LARGEST_BYTES:
        raise ImageError(f"found {len(image)} bytes; expected at most {LARGEST_BYTES}")
    radiograph = read_radiograph(image, _refuse_size)
    if radiograph.frames > 1:
        raise ImageError(f"found {radiograph.frames} frames; expected one picture")
    return _greyscale(radiograph)


def _refuse_size(width: int, height: int) -> None:
    if min(width, height) < SMALLEST_SIDE or max(width, height) > LARGEST_SIDE or width * height > LARGEST_PIXELS:
        raise ImageError(
            f"found {width}x{height} pixels; expected sides of {SMALLEST_SIDE} to {LARGEST_SIDE} "
            f"and at most {LARGEST_PIXELS:,} pixels"
        )


def _greyscale(radiograph: Radiograph) -> NDArray[np.number]:
    """Return grey values in the file's own depth; three equal channels are grey too, as OMERO renders them."""
    values = radiograph.pixels
    if values.ndim == GREY_AXES:
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise ImageError("found values that are not numbers; expected finite grey values")
        return values
    channels = values.astype(np.int32)
    colour = float(np.ptp(channels, axis=2).mean())
    if colour > LARGEST_COLOUR:
        raise ImageError(
            f"found a colour picture (mode {radiograph.mode}, channels {colour:.0f} apart); expected greyscale"
        )
    return channels[:, :, 1]


def _frame(values: NDArray[np.number], spread: float, white: float) -> tuple[int, int, int, int]:
    """Return (top, bottom, left, right) within flat borders, which a frame of another grey may surround in turn."""
    top, left = 0, 0
    bottom, right = values.shape
    while True:
        inner = values[top:bottom, left:right]
        rows, columns = (np.flatnonzero((_spread(inner, axis) > spread) & (inner.min(axis) < white)) for axis in (1, 0))
        if not len(rows) or not len(columns):
            return top, bottom, left, right
        fresh = (top + rows[0], top + rows[-1] + 1, left + columns[0], left + columns[-1] + 1)
        if fresh == (top, bottom, left, right):
            return int(top), int(bottom), int(left), int(right)
        top, bottom, left, right = fresh


def _spread(values: NDArray[np.number], axis: int) -> NDArray[np.float64]:
    spread: NDArray[np.float64] = values.max(axis=axis).astype(np.float64) - values.min(axis=axis)
    return spread


def _reduce(values: NDArray[np.number], factor: int) -> Grey:
    """Return means over squares of `factor` pixels; what does not fill a square is left out."""
    if factor == 1:
        return values.astype(np.float32)
    tall, wide = (side // factor for side in values.shape)
    squares = values[: tall * factor, : wide * factor].reshape(tall, factor, wide, factor)
    means: Grey = squares.mean(axis=(1, 3), dtype=np.float32)
    return means
