"""Small drawings of how well a term is told apart: inline SVG, no script, colours of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from muster.learners.metrics import reliability

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 260, 170
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 30
BINS = 20
ROC_POINTS = 60


@dataclass(frozen=True)
class HeldOut:
    """The tested genes of one term with what a booster that had not seen them said."""

    is_called: NDArray[np.bool_]
    score: Floats
    probability: Floats


def separation(found: HeldOut) -> Markup:
    """Draw which share of the called and of the normal genes has which calibrated probability."""
    most = float(np.quantile(found.probability, 0.999)) or 1.0
    edges = np.linspace(0, most, BINS + 1)
    shares = [
        np.histogram(np.minimum(found.probability[genes], most), edges)[0] / max(int(genes.sum()), 1)
        for genes in (found.is_called, ~found.is_called)
    ]
    highest = float(max(part.max() for part in shares)) or 1.0
    bars = [
        f'<path d="{_stairs(edges / most, part / highest)}" class="{name}"/>'
        for name, part in zip(("called", "normal"), shares, strict=True)
    ]
    return _frame("".join(reversed(bars)), ("0", f"{most:.2g}"), ("0", f"{highest:.0%}"), "probability", "genes")


def roc(found: HeldOut) -> Markup:
    """Draw the ROC curve over all folds together."""
    order = np.argsort(-found.score, kind="stable")
    hits = np.r_[0.0, np.cumsum(found.is_called[order])]
    misses = np.r_[0.0, np.cumsum(~found.is_called[order])]
    # Between equal scores there is no point to stop at.
    ends = np.r_[True, np.diff(found.score[order]) != 0, True]
    places = np.flatnonzero(ends)
    places = places[np.unique(np.linspace(0, len(places) - 1, ROC_POINTS).round().astype(int))]
    line = _line(misses[places] / max(misses[-1], 1), hits[places] / max(hits[-1], 1))
    body = f'<path d="{_line([0, 1], [0, 1])}" class="chance"/><path d="{line}" class="curve"/>'
    return _frame(body, ("0", "1"), ("0", "1"), "normal genes above", "called genes above")


def calibration(found: HeldOut) -> Markup:
    """Draw the observed against the predicted share of called genes in ten equally filled bins."""
    predicted, observed, _ = np.array(list(reliability(found.is_called, found.probability))).T
    most = max(float(predicted.max()), float(observed.max())) or 1.0
    dots = "".join(
        f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3.2" class="dot"/>'
        for x, y in zip(predicted / most, observed / most, strict=True)
    )
    body = f'<path d="{_line([0, 1], [0, 1])}" class="chance"/>{dots}'
    return _frame(body, ("0", f"{most:.2g}"), ("0", f"{most:.2g}"), "predicted share", "observed share")


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _line(across: Sequence[float] | Floats, up: Sequence[float] | Floats) -> str:
    return "M" + "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in zip(across, up, strict=True))


def _stairs(edges: Floats, heights: Floats) -> str:
    across, up = np.repeat(edges, 2), np.r_[0.0, np.repeat(heights, 2), 0.0]
    return _line(across, up) + "Z"


def _frame(body: str, across: tuple[str, str], up: tuple[str, str], x_name: str, y_name: str) -> Markup:
    middle = (LEFT + WIDTH - RIGHT) / 2
    axes = f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" class="axis"/>'
    low, base, half = HEIGHT - BOTTOM + 12, HEIGHT - 5, HEIGHT / 2 - 10
    words = [
        f'<text x="{LEFT}" y="{low}">{across[0]}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{low}" text-anchor="end">{across[1]}</text>',
        f'<text x="{middle}" y="{base}" text-anchor="middle">{x_name}</text>',
        f'<text x="{LEFT - 4}" y="{HEIGHT - BOTTOM}" text-anchor="end">{up[0]}</text>',
        f'<text x="{LEFT - 4}" y="{TOP + 9}" text-anchor="end">{up[1]}</text>',
        f'<text x="12" y="{half}" text-anchor="middle" transform="rotate(-90 12 {half})">{y_name}</text>',
    ]
    label = f"{y_name} by {x_name}"
    opening = f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
    return Markup(f"{opening}{axes}{body}{''.join(words)}</svg>")
