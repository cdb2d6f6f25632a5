"""The skeleton and the soft tissue of a mouse in its two whole-body views. Lengths are shares of nose to rump."""

from collections.abc import Callable

import numpy as np

from muster.simulator.xray_body import Body, Point, Points, Shape, ellipse, outline

#: Where each region of the spine begins and ends along the animal, and its number of vertebrae.
SPINE = {
    "cervical": (0.25, 0.33, 7),
    "thoracic": (0.33, 0.56, 13),
    "lumbar": (0.56, 0.78, 6),
    "sacral": (0.78, 0.87, 4),
}
RIBS = np.linspace(0.335, 0.55, 13)
TAIL_START = 0.87
USUAL_CAUDAL_VERTEBRAE = 28
KINK = (0.35, 0.5)
#: Where the chest begins: what the animal ate changes its girth behind, not before.
CHEST = 0.3


def draw_dorso_ventral(body: Body) -> list[Shape]:
    """Return the animal seen from above."""
    return [
        *_trunk_from_above(body),
        *_head_from_above(body),
        *_spine(body, lambda along: (0.0, along), breadth=0.026),
        *_ribs_from_above(body),
        *_pelvis_from_above(body),
        *_limbs_from_above(body),
        *_tail(body, (0.0, TAIL_START)),
    ]


def draw_lateral(body: Body) -> list[Shape]:
    """Return the animal seen from its side; the back is at negative x."""
    return [
        *_trunk_from_aside(body),
        *_head_from_aside(body),
        *_spine(body, _back, breadth=0.03),
        *_ribs_from_aside(body),
        *_pelvis_from_aside(body),
        *_limbs_from_aside(body),
        *_tail(body, _back(TAIL_START)),
    ]


def _spine(body: Body, path: Callable[[float], Point], *, breadth: float) -> list[Shape]:
    """Return each vertebra from neck to sacrum as a block with a gap behind it."""
    shapes = []
    for region, (start, end, count) in SPINE.items():
        step = (end - start) / count
        filled = 0.9 if region == "sacral" else 0.74
        for index in range(count):
            first = start + index * step
            shapes.append(_vertebra(body, path(first), path(first + filled * step), breadth))
    return shapes


def _tail(body: Body, start: Point) -> list[Shape]:
    """Return the caudal vertebrae, each a little shorter and thinner than the one before, and the skin around them."""
    lengths = np.geomspace(1.0, 0.55, body.caudal_vertebrae)
    lengths *= 0.95 / USUAL_CAUDAL_VERTEBRAE * body.caudal_vertebrae / lengths.sum()
    share = np.linspace(0, 1, body.caudal_vertebrae)
    heading = body.tail_bend * 3 * share**2 + body.tail_kink * 12 * (share > KINK[0]) * (share < KINK[1])
    steps = np.column_stack([np.sin(heading), np.cos(heading)]) * lengths[:, None]
    joints = np.vstack([start, np.array(start) + np.cumsum(steps, axis=0)])
    shapes = [
        body.shape("soft", joints[: body.caudal_vertebrae // 2], 0.05 * body.length_mm, 0.4),
        body.shape("soft", joints, 0.035 * body.length_mm, 0.4),
    ]
    for index in range(body.caudal_vertebrae):
        first, after = joints[index], joints[index + 1]
        shapes.append(_vertebra(body, first, first + 0.74 * (after - first), 0.022 - 0.013 * share[index]))
    return shapes


def _vertebra(body: Body, first: Point | Points, last: Point | Points, breadth: float) -> Shape:
    axis = np.subtract(last, first)
    normal = np.array([-axis[1], axis[0]]) / np.hypot(*axis) * breadth / 2
    return body.shape("bone", np.array([first - normal, last - normal, last + normal, first + normal]), density=0.95)


def _both(points: list[Point]) -> list[list[Point]]:
    """Return the points on one side and mirrored on the other."""
    return [points, [(-x, y) for x, y in points]]


def _trunk_from_above(body: Body) -> list[Shape]:
    widths = [(0, 0.015), (0.06, 0.04), (0.14, 0.07), (0.21, 0.085), (0.28, 0.085), (0.34, 0.095), (0.45, 0.125)]
    widths += [(0.6, 0.155), (0.74, 0.16), (0.86, 0.135), (0.94, 0.1), (0.985, 0.06), (1.0, 0.03)]
    half = [(along, width * (body.girth if along > CHEST else 1)) for along, width in widths]
    swelling = 0.055 * body.scrotum
    return [
        body.shape("soft", outline([(along, -width, width) for along, width in half]), density=0.5),
        body.shape("soft", outline([(along, -width * 0.7, width * 0.7) for along, width in half]), density=0.85),
        *(body.shape("soft", ellipse(x * swelling, 0.99, swelling * 0.55, swelling), density=0.8) for x in (-0.5, 0.5)),
        *(
            body.shape("lung", ellipse(x, 0.44, 0.045, 0.075, turn), density=0.9)
            for x, turn in ((-0.05, -8), (0.05, 8))
        ),
        body.shape("lung", ellipse(0.012, 0.46, 0.028, 0.04, 20), density=0.0),
    ]


def _head_from_above(body: Body) -> list[Shape]:
    skull = outline(
        [
            (0.015, -0.012, 0.012),
            (0.07, -0.028, 0.028),
            (0.12, -0.038, 0.038),
            (0.2, -0.056, 0.056),
            (0.255, -0.03, 0.03),
        ]
    )
    shapes = [body.shape("rib", skull, density=0.75), body.shape("bone", skull, 0.7, 0.7)]
    for side in (-1, 1):
        shapes += [
            body.shape(
                "bone", [(side * 0.03, 0.09), (side * 0.062, 0.12), (side * 0.064, 0.16), (side * 0.05, 0.19)], 0.8, 0.9
            ),
            body.shape("bone", [(side * 0.006, 0.0), (side * 0.008, 0.05)], 0.8, 1.0),
            body.shape("bone", ellipse(side * 0.034, 0.205, 0.013, 0.02, side * 25), density=0.95),
            body.shape("bone", [(side * 0.02, 0.1), (side * 0.024, 0.14)], 1.4, 0.9),
            body.shape("soft", ellipse(side * 0.095, 0.2, 0.035, 0.045), density=0.25),
        ]
    return shapes


def _ribs_from_above(body: Body) -> list[Shape]:
    shapes = []
    for index, start in enumerate(RIBS):
        reach = np.interp(index, [0, 3, 8, 12], [0.05, 0.085, 0.112, 0.095]) * body.girth
        droop = np.interp(index, [0, 6, 12], [0.02, 0.045, 0.075])
        arc = [
            (0.012, start),
            (reach * 0.7, start + droop * 0.1),
            (reach, start + droop * 0.6),
            (reach * 0.86, start + droop * 1.5),
        ]
        shapes += [body.shape("rib", points, 0.75, 0.85) for points in _both(arc)]
    return shapes


def _pelvis_from_above(body: Body) -> list[Shape]:
    breadth, front = body.pelvis_breadth, 0.875 + body.pubis_length
    gap = 0.006 + 0.2 * (body.pubis_length - 0.03)
    shapes = []
    for ilium in _both([(0.03, 0.765), (0.036, 0.80), (0.05, 0.87)]):
        shapes.append(body.shape("bone", ilium, 2.0, 0.95))
    for ischium in _both([(0.05, 0.87), (breadth, 0.93), (breadth * 0.92, 0.965), (breadth * 0.55, 0.985)]):
        shapes.append(body.shape("bone", ischium, body.ischium_mm, 0.95))
    for pubis in _both([(0.052, 0.875), (gap, front), (gap, front + 0.02), (breadth * 0.55, 0.985)]):
        shapes.append(body.shape("bone", pubis, 0.55 * body.ischium_mm, 0.9))
    if body.baculum_mm:
        end = 1.0 + body.baculum_mm / body.length_mm
        shapes.append(body.shape("bone", [(0.016, 1.0), (0.02, end)], 0.9, 0.9))
    return shapes


def _limbs_from_above(body: Body) -> list[Shape]:
    shapes = []
    short = 0.7 if body.is_short_limbed else 1.0
    for side, jitter in ((-1, body.limbs[:4]), (1, body.limbs[4:])):
        fore = np.array([(0.07, 0.355), (0.125, 0.42), (0.16, 0.335), (0.175, 0.275)])
        hind = np.array([(0.062, 0.88), (0.15, 0.81), (0.185, 0.925), (0.215, 1.01)])
        for joints, thigh in ((fore, 0.05), (hind, 0.085)):
            moved = (joints[0] + (joints - joints[0]) * short + jitter * [[0], [1], [1.5], [2]]) * [side, 1]
            shapes += _limb(body, moved, thigh)
        shapes.append(
            body.shape("limb", np.array([(0.03, 0.37), (0.075, 0.345), (0.06, 0.40)]) * [side, 1], density=0.8)
        )
    return shapes


def _limb(body: Body, joints: Points, thigh: float) -> list[Shape]:
    """Return flesh, two long bones and the toes of one limb."""
    toes = [joints[3] + np.array([dx, 0.0]) for dx in (-0.012, 0.0, 0.012)]
    return [
        body.shape("soft", joints[:2], thigh * body.length_mm * body.girth, 0.7),
        body.shape("soft", joints[1:], 0.028 * body.length_mm, 0.5),
        body.shape("limb", joints[:2], 1.7, 1.0),
        body.shape("limb", joints[1:3], 1.3, 1.0),
        *(body.shape("limb", np.array([joints[2], toe]), 0.5, 0.8) for toe in toes),
    ]


def _back(along: float) -> Point:
    """Return the line of the spine seen from aside."""
    return float(np.interp(along, *np.array(BACK).T)), along


BACK = [
    (0.25, -0.02),
    (0.31, -0.012),
    (0.38, -0.035),
    (0.46, -0.06),
    (0.56, -0.078),
    (0.68, -0.07),
    (0.78, -0.045),
    (0.87, -0.018),
]


def _trunk_from_aside(body: Body) -> list[Shape]:
    edges = [(0, -0.005, 0.02), (0.08, -0.045, 0.045), (0.18, -0.08, 0.07), (0.27, -0.075, 0.075), (0.34, -0.08, 0.09)]
    edges += [(0.45, -0.105, 0.12), (0.6, -0.125, 0.155), (0.74, -0.11, 0.165), (0.86, -0.075, 0.125)]
    edges += [(0.95, -0.045, 0.07), (1.0, -0.02, 0.02)]
    fed = [(along, back, belly * (body.girth if along > CHEST else 1)) for along, back, belly in edges]
    return [
        body.shape("soft", outline(fed), density=0.55),
        body.shape("soft", outline([(along, back * 0.75, belly * 0.75) for along, back, belly in fed]), density=0.9),
        body.shape("soft", ellipse(-0.055, 0.2, 0.04, 0.035), density=0.6),
        body.shape("soft", ellipse(0.06, 0.975, 0.04 * body.scrotum, 0.05 * body.scrotum), density=0.75),
        body.shape("lung", ellipse(0.0, 0.45, 0.05, 0.085, 12), density=0.9),
    ]


def _head_from_aside(body: Body) -> list[Shape]:
    skull = outline(
        [(0.015, -0.006, 0.012), (0.08, -0.03, 0.015), (0.15, -0.055, 0.02), (0.2, -0.06, 0.022), (0.255, -0.03, 0.01)]
    )
    return [
        body.shape("rib", skull, density=0.85),
        body.shape("bone", skull, 0.7, 0.7),
        body.shape("bone", [(0.04, 0.03), (0.052, 0.09), (0.046, 0.15), (0.018, 0.19)], 1.3, 0.85),
        body.shape("bone", [(0.008, 0.01), (0.03, 0.005)], 0.9, 1.0),
        body.shape("bone", [(0.04, 0.03), (0.022, 0.01)], 0.9, 1.0),
        body.shape("bone", [(0.024, 0.095), (0.028, 0.14)], 1.6, 0.9),
        body.shape("bone", ellipse(0.015, 0.21, 0.018, 0.022), density=0.95),
    ]


def _ribs_from_aside(body: Body) -> list[Shape]:
    shapes = [body.shape("bone", [(0.075, 0.375), (0.1 * body.girth, 0.54)], 0.9, 0.7)]
    for index, start in enumerate(RIBS):
        front = np.interp(index, [0, 6, 12], [0.07, 0.1, 0.06]) * body.girth
        droop = np.interp(index, [0, 6, 12], [0.03, 0.06, 0.09])
        for offset in (0.0, 0.008):
            x, _ = _back(start)
            arc = [(x, start), (x + 0.05, start + droop * 0.8 + offset), (front, start + droop + offset)]
            shapes.append(body.shape("rib", arc, 0.7, 0.7))
    return shapes


def _pelvis_from_aside(body: Body) -> list[Shape]:
    x, _ = _back(0.765)
    end = 0.012 + body.pubis_length
    spread = 0.02 + 0.35 * body.pelvis_breadth
    shapes = [
        body.shape("bone", [(x + 0.012, 0.765), (0.002, 0.875)], 2.0, 0.95),
        body.shape("bone", [(0.002, 0.875), (spread * 0.3, 0.95), (spread, 0.985)], body.ischium_mm, 0.95),
        body.shape("bone", [(0.002, 0.875), (end + 0.012, 0.93)], 0.6 * body.ischium_mm, 0.9),
        body.shape("bone", [(end + 0.012, 0.93), (spread, 0.985)], 0.6 * body.ischium_mm, 0.85),
    ]
    if body.baculum_mm:
        tip = body.baculum_mm / body.length_mm
        shapes.append(body.shape("bone", [(0.07, 0.95), (0.07 + 0.5 * tip, 0.95 + 0.86 * tip)], 0.9, 0.9))
    return shapes


def _limbs_from_aside(body: Body) -> list[Shape]:
    shapes = []
    short = 0.7 if body.is_short_limbed else 1.0
    for offset, jitter in ((0.0, body.limbs[:4]), (0.018, body.limbs[4:])):
        fore = np.array([(0.03, 0.36), (0.10, 0.425), (0.15, 0.35), (0.175, 0.29)])
        hind = np.array([(0.005, 0.88), (0.12, 0.815), (0.14, 0.925), (0.195, 0.985)])
        for joints, thigh in ((fore, 0.05), (hind, 0.085)):
            moved = joints[0] + (joints - joints[0]) * short + jitter * [[0], [1], [1.5], [2]] + [0, offset]
            shapes += _limb(body, moved, thigh)
    return shapes
