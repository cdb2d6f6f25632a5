"""Find the animal in a picture: which pixels, which way it points, where its nose and rump are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from muster.imaging.picture import Grey
from muster.reading.radiographs import ImageError

Mask = NDArray[np.bool_]

#: Share of the range between background and bone above which a pixel is tissue.
TISSUE_SHARE = 0.14
SMALLEST_AREA_SHARE = 0.015
#: How many times the background's median deviation tissue must stand out: 7 are about five standard deviations.
NOISE_MARGIN = 7
#: Half-widths (of the trunk's) that are tail or leg, not trunk.
THIN_SHARE = 0.36
#: Half width of the strip around the axis in which nose and tail are looked for, of the trunk's length.
STRIP_SHARE = 0.16
SURE_HEAD = 0.06


@dataclass(frozen=True)
class Animal:
    """The animal in the pixels of the working picture."""

    mask: Mask
    is_inverted: bool
    background: float
    area: int
    """Pixels of the trunk: without tail and legs, so that a clipped tail does not count."""
    rotation_degrees: float
    """Clockwise turn; 0 is head up."""
    middle: tuple[float, float]
    """x and y of the middle of nose to rump."""
    length: float
    """Nose to rump."""
    head_score: float
    """How sure the head is at the upper end: nose and rump differ by this share."""


def find(grey: Grey) -> Animal:
    """Return the animal of a picture.

    Raises:
        ImageError: nothing like one animal stands out from the background.
    """
    positive, background, is_inverted = _bright_bones(grey)
    mask = _largest(_tissue(positive, background))
    trunk, radius = _trunk(mask)
    area = int(trunk.sum())
    if area < SMALLEST_AREA_SHARE * grey.size:
        raise ImageError(
            f"no animal found: the largest body covers {area / grey.size:.1%} of the picture; "
            f"expected at least {SMALLEST_AREA_SHARE:.1%}"
        )
    centre, axis = _axis(trunk)
    along, across = _coordinates(mask, centre, axis)
    trunk_along, trunk_across = _coordinates(trunk, centre, axis)
    is_strip = np.abs(across) < STRIP_SHARE * np.ptp(trunk_along)
    head_score = _head_score(along[is_strip], trunk_along, trunk_across, radius)
    if head_score < 0:
        axis, along, trunk_along = -axis, -along, -trunk_along
    nose, rump = float(along[is_strip].min()), float(trunk_along.max())
    middle = centre + axis * (nose + rump) / 2
    return Animal(
        mask=mask,
        is_inverted=is_inverted,
        background=background,
        area=area,
        rotation_degrees=float(np.rad2deg(np.arctan2(-axis[0], axis[1])) % 360),
        middle=(float(middle[0]), float(middle[1])),
        length=rump - nose,
        head_score=abs(head_score),
    )


def _bright_bones(grey: Grey) -> tuple[Grey, float, bool]:
    """Return the picture with bright bones, its background, and whether it was filed the other way round."""
    background = float(np.median(_border(grey)))
    above = float(np.maximum(grey - background - 0.1, 0).sum())
    below = float(np.maximum(background - grey - 0.1, 0).sum())
    if below > above:
        return 1 - grey, 1 - background, True
    return grey, background, False


def _border(grey: Grey) -> Grey:
    """Return the pixels along the edges: most of them are background, whatever lies across."""
    depth = max(2, min(grey.shape) // 40)
    parts = [grey[:depth], grey[-depth:], grey[:, :depth], grey[:, -depth:]]
    return np.concatenate([part.ravel() for part in parts])


def _tissue(positive: Grey, background: float) -> Mask:
    smooth = ndimage.gaussian_filter(positive, max(positive.shape) / 250)
    bone = float(np.percentile(smooth, 99.5))
    noise = float(np.median(np.abs(_border(smooth) - background)))
    mask: Mask = smooth > background + max(TISSUE_SHARE * (bone - background), NOISE_MARGIN * noise)
    return mask


def _largest(mask: Mask) -> Mask:
    """Return the largest connected part with its holes filled: marks and plates are smaller than any animal."""
    labels, count = ndimage.label(mask)
    if count == 0:
        raise ImageError("no animal found: nothing stands out from the background; expected a radiograph of one animal")
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    filled: Mask = ndimage.binary_fill_holes(labels == sizes.argmax())
    return filled


def _trunk(mask: Mask) -> tuple[Mask, float]:
    """Return the mask without what is thin (tail, legs, nose tip), and the trunk's half width."""
    # A body cut by the picture's edge ends there: the edge counts as outside.
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    radius = float(depth.max())
    core = depth > THIN_SHARE * radius
    grown = ndimage.distance_transform_edt(~core) <= THIN_SHARE * radius
    return _largest(grown & mask), radius


def _axis(trunk: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the trunk's centre (x, y) and the direction along it, one of its two ends."""
    rows, columns = np.nonzero(trunk)
    points = np.column_stack([columns, rows]).astype(np.float64)
    centre = points.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((points - centre).T))
    return centre, vectors[:, 1]


def _coordinates(
    mask: Mask, centre: NDArray[np.float64], axis: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far each pixel of the mask lies along the axis and beside it."""
    rows, columns = np.nonzero(mask)
    points = np.column_stack([columns, rows]) - centre
    return points @ axis, points @ np.array([axis[1], -axis[0]])


def _head_score(
    along: NDArray[np.float64], trunk_along: NDArray[np.float64], trunk_across: NDArray[np.float64], radius: float
) -> float:
    """Return a number above 0 where the head lies at the axis's lower end.

    A tail continues the trunk for long, a nose hardly; where the tail is cut off, the head's half is the slimmer one.
    """
    length = np.ptp(trunk_along)
    tail = (along > trunk_along.max()).sum() - (along < trunk_along.min()).sum()
    middle = (trunk_along.max() + trunk_along.min()) / 2
    behind = np.abs(trunk_across[trunk_along > middle + 0.2 * length]).mean()
    ahead = np.abs(trunk_across[trunk_along < middle - 0.2 * length]).mean()
    return float(tail / (length * radius) * 2 + (behind - ahead) / radius)
