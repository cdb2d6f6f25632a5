"""The simulated mouse: what varies between animals, what differs between the sexes, and how it becomes shapes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Layer = Literal["soft", "lung", "bone", "rib", "limb"]
Points = NDArray[np.float64]
Point = tuple[float, float]

#: Nose to rump in millimetres of a mouse of 25 g.
LENGTH_MM = 92.0


@dataclass(frozen=True)
class Shape:
    """A filled outline (width 0) or a stroke."""

    layer: Layer
    points: Points
    width: float
    density: float


@dataclass(frozen=True)
class Body:
    """One animal, the same in both views but for its posture. Lengths are shares of nose to rump."""

    length_mm: float
    girth: float
    is_male: bool
    pelvis_breadth: float
    """Half distance of the ischia: wider in females."""
    pubis_length: float
    """Longer and thinner in females."""
    ischium_mm: float
    baculum_mm: float
    scrotum: float
    caudal_vertebrae: int
    scoliosis: float
    tail_kink: float
    is_short_limbed: bool
    bend: float
    tail_bend: float
    limbs: Points
    """Jitter of the eight limb joints."""

    @staticmethod
    def grow(
        *,
        is_male: bool,
        weight_grams: float,
        caudal_vertebrae: int,
        is_abnormal: bool,
        chance: np.random.Generator,
        posture: np.random.Generator,
    ) -> "Body":
        """Return an animal: what both views share from `chance`, what one picture has from `posture`."""
        length = LENGTH_MM * (weight_grams / 25) ** (1 / 3) * chance.normal(1, 0.02)
        girth = np.sqrt((weight_grams / 25) / (length / LENGTH_MM)) * chance.normal(1, 0.04)
        anomaly = int(chance.integers(3)) if is_abnormal else -1
        side = float(chance.choice([-1, 1]))
        return Body(
            length_mm=float(length),
            girth=float(girth),
            is_male=is_male,
            pelvis_breadth=float(chance.normal(0.060 if is_male else 0.078, 0.004)),
            pubis_length=float(chance.normal(0.036 if is_male else 0.052, 0.004)),
            ischium_mm=float(chance.normal(2.1 if is_male else 1.4, 0.15)),
            baculum_mm=float(chance.normal(4.5, 0.5)) if is_male else 0.0,
            scrotum=float(chance.uniform(0.4, 1.0)) if is_male else 0.0,
            caudal_vertebrae=caudal_vertebrae,
            scoliosis=side * 0.05 if anomaly == 0 else 0.0,
            tail_kink=side * 0.1 if anomaly == 1 else 0.0,
            is_short_limbed=anomaly == 2,  # noqa: PLR2004
            bend=float(posture.normal(0, 0.012)),
            tail_bend=float(posture.normal(0, 0.12)),
            limbs=posture.normal(0, 0.012, size=(8, 2)),
        )

    def shape(self, layer: Layer, points: list[Point] | Points, width: float = 0, density: float = 1) -> Shape:
        """Return a shape given in shares of the length, bent as this animal lies, in millimetres from its middle."""
        flat = np.asarray(points, dtype=np.float64)
        along = np.clip(flat[:, 1], 0, 1)
        # The curve of the back is zero at nose and rump: the axis stays where the plate put it.
        aside = self.bend * np.sin(np.pi * along) + self.scoliosis * np.minimum(np.sin(2 * np.pi * along), 0)
        moved = np.column_stack([flat[:, 0] + aside, flat[:, 1] - 0.5])
        return Shape(layer, moved * self.length_mm, width, density)


def ellipse(x: float, y: float, half_width: float, half_height: float, turn_degrees: float = 0) -> Points:
    """Return the outline of an ellipse."""
    angle = np.linspace(0, 2 * np.pi, 25)
    turn = np.deg2rad(turn_degrees)
    flat = np.column_stack([half_width * np.cos(angle), half_height * np.sin(angle)])
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    turned: Points = flat @ matrix + np.array([x, y])
    return turned


def outline(stations: list[tuple[float, float, float]]) -> list[Point]:
    """Return a closed outline from (along, left edge, right edge), filled in between the stations."""
    along, left, right = np.array(stations).T
    fine = np.linspace(along[0], along[-1], 40)
    edges = [np.interp(fine, along, edge) for edge in (left, right)]
    return [*zip(edges[0], fine, strict=True), *zip(edges[1][::-1], fine[::-1], strict=True)]
