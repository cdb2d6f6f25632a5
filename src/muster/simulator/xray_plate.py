"""How a centre takes X-rays: orientation, magnification, crop, padding, exposure, noise and marks.

Nothing here knows the sex of the animal, so nothing here can give it away.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

#: Long side of the detector in millimetres: nose to tail tip fits at most centres.
DETECTOR_MM = 172.0
LETTERS = "LRDVGX"
PLATE_SHARE, CLIP_SHARE, UPSIDE_DOWN_SHARE = 0.5, 0.4, 0.03
#: One centre in five files bones dark on white.
INVERTED_EVERY, INVERTED_REST = 5, 3
#: cos 60 degrees: the tail points to this side of the plate rather than to another.
TOWARDS = 0.5


@dataclass(frozen=True)
class Habits:
    """What all pictures of one centre have in common."""

    rotation_degrees: float
    magnification: float
    aspect: float
    """Short side of the detector over its long side."""
    contrast: float
    background: float
    is_inverted: bool
    """Bones dark on white, as some centres export them."""
    noise: float
    padding_share: float
    padding_grey: int
    has_plate: bool
    """A bright metal identity plate lies beside the animal."""
    clips_tail: bool

    @staticmethod
    def of(centre_index: int) -> "Habits":
        """Return the habits of a centre: drawn once, the same in every release."""
        chance = np.random.default_rng([centre_index, 2011])
        return Habits(
            rotation_degrees=float((0, 90, 180, 270)[(centre_index * 3 + 1) % 4]),
            magnification=float(chance.uniform(0.84, 1.06)),
            aspect=float(chance.uniform(0.5, 0.72)),
            contrast=float(chance.uniform(0.75, 1.3)),
            background=float(chance.uniform(0.03, 0.16)),
            is_inverted=centre_index % INVERTED_EVERY == INVERTED_REST,
            noise=float(chance.uniform(0.008, 0.028)),
            padding_share=float(chance.choice([0.0, 0.0, 0.08, 0.2])),
            padding_grey=int(chance.choice([0, 0, 255])),
            has_plate=bool(chance.random() < PLATE_SHARE),
            clips_tail=bool(chance.random() < CLIP_SHARE),
        )


@dataclass(frozen=True)
class Plate:
    """One exposure: where the animal lies, in pixels. Millimetres have x to the animal's right, y from nose to tail."""

    width: int
    height: int
    pixels_per_mm: float
    rotation_degrees: float
    """Clockwise turn of the animal, seen on the picture; 0 is head up."""
    centre: tuple[float, float]
    """Where the middle of nose to rump falls."""
    is_mirrored: bool
    habits: Habits

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return millimetres as pixels."""
        turn = np.deg2rad(self.rotation_degrees)
        matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        flipped = points * np.array([-1.0 if self.is_mirrored else 1.0, 1.0])
        placed: np.ndarray = flipped @ matrix * self.pixels_per_mm + np.array(self.centre)
        return placed


def lay(centre_index: int, height: int, chance: np.random.Generator) -> Plate:
    """Return the plate of one exposure; the tail may run over the edge, the body never does."""
    habits = Habits.of(centre_index)
    rotation = habits.rotation_degrees + chance.normal(0, 4)
    if chance.random() < UPSIDE_DOWN_SHARE:
        rotation += 180
    long_side, short_side = height, round(height * habits.aspect)
    is_upright = habits.rotation_degrees in (0, 180)
    width, tall = (short_side, long_side) if is_upright else (long_side, short_side)
    scale = height / DETECTOR_MM * habits.magnification * chance.uniform(0.97, 1.03)
    # The body lies towards the head's end of the plate: the tail needs the room behind it.
    ahead = (0.13 if habits.clips_tail else 0.16) * height + chance.normal(0, 0.01) * height
    turn = np.deg2rad(rotation)
    middle = np.array([width / 2, tall / 2]) + ahead * np.array([np.sin(turn), -np.cos(turn)])
    middle += chance.normal(0, 0.012, size=2) * height
    if habits.clips_tail:
        width, tall = (width, round(tall * 0.86)) if is_upright else (round(width * 0.86), tall)
        # Cut at the tail's side: rows and columns before the animal stay where heads point to the origin.
        if np.cos(turn) < -TOWARDS:
            middle[1] -= long_side - tall
        if np.sin(turn) > TOWARDS:
            middle[0] -= long_side - width
    return Plate(
        width=width,
        height=tall,
        pixels_per_mm=float(scale),
        rotation_degrees=float(rotation),
        centre=(float(middle[0]), float(middle[1])),
        is_mirrored=bool(chance.integers(2)),
        habits=habits,
    )


def expose(attenuation: np.ndarray, plate: Plate, chance: np.random.Generator) -> np.ndarray:
    """Return the picture the centre files: 8-bit grey with its contrast, marks, noise, polarity, crop and padding."""
    habits = plate.habits
    uneven = 1 + 0.08 * chance.normal() * np.linspace(-1, 1, plate.height)[:, None]
    grey = habits.background * uneven + 0.9 * (
        1 - np.exp(-1.9 * habits.contrast * chance.uniform(0.9, 1.1) * attenuation)
    )
    grey = np.maximum(grey, _marks(plate, chance))
    grey += chance.normal(0, habits.noise, size=grey.shape) * np.sqrt(0.4 + grey)
    if habits.is_inverted:
        grey = 1 - grey
    pixels = np.clip(grey * 255, 0, 255).astype(np.uint8)
    return _pad(_crop(pixels, chance), habits, chance)


def _marks(plate: Plate, chance: np.random.Generator) -> np.ndarray:
    """Return letters, a number and a metal plate near the long edges, clear of the animal's middle."""
    canvas = Image.new("L", (plate.width, plate.height))
    pen = ImageDraw.Draw(canvas)
    size = max(7, round(max(plate.width, plate.height) * 0.045))
    font = ImageFont.load_default(size=size)
    text = str(chance.choice(list(LETTERS))) + str(chance.integers(100, 999))
    corners = _free_corners(plate, size)
    pen.text(corners[0], text, fill=int(chance.integers(190, 255)), font=font)
    if plate.habits.has_plate:
        x, y = corners[1]
        pen.rectangle((x, y, x + 2.2 * size, y + 1.1 * size), fill=int(chance.integers(170, 240)))
    marks: np.ndarray = np.asarray(canvas, dtype=np.float32) / 255
    return marks


def _free_corners(plate: Plate, size: int) -> list[tuple[float, float]]:
    """Return the two corners beside the tail: the animal never reaches them."""
    turn = np.deg2rad(plate.rotation_degrees)
    tail = np.array([-np.sin(turn), np.cos(turn)])
    right, bottom = plate.width - 2.6 * size, plate.height - 1.6 * size
    corners = [(0.4 * size, 0.4 * size), (right, 0.4 * size), (0.4 * size, bottom), (right, bottom)]
    middle = np.array([right, bottom]) / 2
    reach = [float((np.array(corner) - middle) @ tail) for corner in corners]
    return [corners[index] for index in np.argsort(reach)[::-1][:2]]


def _crop(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return the picture without up to 3 % of each edge, as an operator drags a frame."""
    tall, wide = pixels.shape
    top, bottom = (round(share * tall) for share in chance.uniform(0, 0.03, size=2))
    left, right = (round(share * wide) for share in chance.uniform(0, 0.03, size=2))
    return pixels[top : tall - bottom, left : wide - right]


def _pad(pixels: np.ndarray, habits: Habits, chance: np.random.Generator) -> np.ndarray:
    """Return the picture in the frame the centre's software puts around it."""
    total = round(habits.padding_share * max(pixels.shape))
    before = round(total * chance.uniform(0.2, 0.8))
    sides = ((before, total - before), (0, 0)) if chance.integers(2) else ((0, 0), (before, total - before))
    return np.pad(pixels, sides, constant_values=habits.padding_grey)
