"""One standard picture of the animal: head up, one length, nothing but the body, one exposure.

Every animal is brought to the same nose-to-rump length, so the size is taken out of the pixels: how many pixels a
millimetre has differs between machines and is not in the file. The size stays beside the picture as `body_area_pixels`.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from muster.imaging.animal import SURE_HEAD, Animal, Mask, find
from muster.imaging.picture import Grey, Picture, read

HEIGHT, WIDTH = 128, 64
#: Rows of the standard picture where nose and rump come to lie.
NOSE_ROW, RUMP_ROW = 6, 110
#: What the median of the tissue becomes.
TISSUE_GREY = 0.35
EDGE_PIXELS = 2


@dataclass(frozen=True)
class Standardised:
    """A radiograph as every model sees it."""

    pixels: Grey
    """HEIGHT x WIDTH, 0 outside the animal, 1 for dense bone."""
    width: int
    """Of the file, in pixels."""
    height: int
    rotation_degrees: float
    """How far the animal was turned clockwise from head up."""
    crop: tuple[int, int, int, int]
    """Left, top, right, bottom of the animal in the file's pixels."""
    body_area_pixels: int
    """Area of the trunk in the file's pixels."""
    flags: tuple[str, ...]
    """padded, inverted, head_uncertain, cut_off"""


def standardise(image: bytes) -> Standardised:
    """Return the standard picture of the animal in a JPEG, PNG, TIFF or DICOM file's bytes.

    Raises:
        ImageError: what was found and what is expected.
    """
    picture = read(image)
    animal = find(picture.grey)
    return Standardised(
        pixels=_warp(_body_only(picture.grey, animal), animal),
        width=picture.width,
        height=picture.height,
        rotation_degrees=animal.rotation_degrees,
        crop=_crop(animal.mask, picture),
        body_area_pixels=animal.area * picture.reduction**2,
        flags=_flags(picture, animal),
    )


def _body_only(grey: Grey, animal: Animal) -> Grey:
    """Return the tissue from background 0 to bone 1, its median where it always is, and nothing around it."""
    bright = 1 - grey if animal.is_inverted else grey
    near = ndimage.binary_dilation(animal.mask, iterations=2)
    bone = float(np.percentile(bright[animal.mask], 99))
    share = np.clip((bright - animal.background) / max(bone - animal.background, 1e-3), 0, 1) * near
    median = float(np.clip(np.median(share[animal.mask]), 0.05, 0.9))
    exposed: Grey = (share ** np.clip(np.log(TISSUE_GREY) / np.log(median), 0.3, 3.0)).astype(np.float32)
    return exposed


def _warp(body: Grey, animal: Animal) -> Grey:
    """Return the body turned head up and scaled to the standard length."""
    scale = animal.length / (RUMP_ROW - NOSE_ROW)
    turn = np.deg2rad(animal.rotation_degrees)
    # Rows and columns of the result as (row, column) of the source.
    matrix = scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    middle = np.array([(NOSE_ROW + RUMP_ROW) / 2, (WIDTH - 1) / 2])
    offset = np.array(animal.middle[::-1]) - matrix @ middle
    # What is reduced is smoothed first, or single bones would flicker between pixels.
    smooth = ndimage.gaussian_filter(body, 0.4 * scale) if scale > 1 else body
    pixels = ndimage.affine_transform(smooth, matrix, offset, output_shape=(HEIGHT, WIDTH), order=1)
    warped: Grey = pixels.astype(np.float32)
    return warped


def _crop(mask: Mask, picture: Picture) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, top = picture.origin
    factor = picture.reduction
    return (
        left + int(columns[0]) * factor,
        top + int(rows[0]) * factor,
        left + (int(columns[-1]) + 1) * factor,
        top + (int(rows[-1]) + 1) * factor,
    )


def _flags(picture: Picture, animal: Animal) -> tuple[str, ...]:
    tall, wide = animal.mask.shape
    middle = np.array(animal.middle)
    turn = np.deg2rad(animal.rotation_degrees)
    nose = middle - animal.length / 2 * np.array([-np.sin(turn), np.cos(turn)])
    is_near_edge = bool((nose < EDGE_PIXELS).any() or (nose > np.array([wide, tall]) - 1 - EDGE_PIXELS).any())
    found = {
        "padded": picture.is_padded,
        "inverted": animal.is_inverted,
        "head_uncertain": animal.head_score < SURE_HEAD,
        "cut_off": is_near_edge,
    }
    return tuple(name for name, is_set in found.items() if is_set)
