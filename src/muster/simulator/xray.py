"""X-ray phantoms: radiographs of simulated mice as different centres would take them."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from muster.simulator.xray_anatomy import draw_dorso_ventral, draw_lateral
from muster.simulator.xray_body import Body, Shape
from muster.simulator.xray_plate import Plate, expose, lay

DORSO_VENTRAL = "whole body dorso ventral"
LATERAL = "whole body lateral"
ANATOMY = {DORSO_VENTRAL: draw_dorso_ventral, LATERAL: draw_lateral}
#: Drawn larger, then reduced: edges are smooth and one vertebra is never lost between two pixels.
OVERSAMPLING = 2
THIN_PIXELS = 2
#: How much each layer weakens the beam; lungs are air and let more of it through.
ATTENUATION = {"soft": 0.45, "lung": -0.14, "bone": 0.62, "rib": 0.34, "limb": 0.42}


@dataclass(frozen=True)
class Phantom:
    """One mouse in front of one machine."""

    specimen_id: str
    sex: str
    """male or female"""
    weight_grams: float
    view: str
    """What the picture shows, whatever it is filed under."""
    caudal_vertebrae: int
    is_abnormal: bool
    centre: str
    centre_index: int
    """Decides the centre's habits: orientation, magnification, exposure, marks."""
    seed: int


class UnknownViewError(ValueError):
    """A view that cannot be drawn."""


def render(phantom: Phantom, *, height: int) -> bytes:
    """Return a greyscale JPEG; `height` is the long side of the detector in pixels, before crop and padding.

    Raises:
        UnknownViewError: names the views that can be drawn.
    """
    if phantom.view not in ANATOMY:
        raise UnknownViewError(f"{phantom.view}: not a view of the simulator; it draws {', '.join(ANATOMY)}")
    plate = plate_of(phantom, height=height)
    shapes = ANATOMY[phantom.view](_body(phantom))
    pixels = expose(_project(shapes, plate), plate, generator(phantom, "exposure"))
    stream = BytesIO()
    Image.fromarray(pixels, mode="L").save(stream, format="JPEG", quality=88, subsampling=0)
    return stream.getvalue()


def plate_of(phantom: Phantom, *, height: int) -> Plate:
    """Return how the mouse lies on the detector: the truth that orientation and crop are tested against."""
    return lay(phantom.centre_index, height, generator(phantom, "plate"))


def generator(phantom: Phantom, purpose: str) -> np.random.Generator:
    """Return the chance of one purpose: the body is the same in both views, plate and noise are not."""
    view = "" if purpose == "body" else phantom.view
    words = f"{purpose}|{phantom.specimen_id}|{view}|{phantom.centre}|{phantom.seed}"
    return np.random.default_rng(int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big"))


def _body(phantom: Phantom) -> Body:
    return Body.grow(
        is_male=phantom.sex == "male",
        weight_grams=phantom.weight_grams,
        caudal_vertebrae=phantom.caudal_vertebrae,
        is_abnormal=phantom.is_abnormal,
        chance=generator(phantom, "body"),
        posture=generator(phantom, "posture"),
    )


def _project(shapes: list[Shape], plate: Plate) -> np.ndarray:
    """Return the attenuation of the beam per pixel, layers added as the beam adds them."""
    size = (plate.width * OVERSAMPLING, plate.height * OVERSAMPLING)
    layers = {name: Image.new("L", size) for name in ATTENUATION}
    pens = {name: ImageDraw.Draw(layer) for name, layer in layers.items()}
    for shape in shapes:
        _draw(pens[shape.layer], shape, plate)
    total = np.zeros((plate.height, plate.width), dtype=np.float32)
    for name, layer in layers.items():
        blur = 1.6 if name in ("soft", "lung") else 0.5
        small = layer.reduce(OVERSAMPLING).filter(ImageFilter.GaussianBlur(blur * plate.pixels_per_mm / 2))
        total += ATTENUATION[name] / 255 * np.asarray(small, dtype=np.float32)
    return total


def _draw(pen: ImageDraw.ImageDraw, shape: Shape, plate: Plate) -> None:
    points = plate.place(shape.points) * OVERSAMPLING
    corners = [(float(x), float(y)) for x, y in points]
    ink = round(255 * shape.density)
    if shape.width == 0:
        pen.polygon(corners, fill=ink)
        return
    width = max(1, round(shape.width * plate.pixels_per_mm * OVERSAMPLING))
    pen.line(corners, fill=ink, width=width, joint="curve")
    if width > THIN_PIXELS:
        for x, y in (corners[0], corners[-1]):
            pen.circle((x, y), width / 2, fill=ink)
