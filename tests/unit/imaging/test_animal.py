import numpy as np
import pytest

from muster.imaging.animal import find
from muster.imaging.picture import Grey


def drawn(*, with_tail: bool) -> Grey:
    """Return a pear on a dark plate, its slim end up, with a long thin tail below on request."""
    rows, columns = np.indices((260, 140))
    half_width = np.interp(rows, [40, 60, 150, 160], [0, 14, 26, 0])
    body = np.abs(columns - 70) < half_width
    tail = (np.abs(columns - 70) < 3) & (rows >= 150) & (rows < 240) & with_tail
    grey: Grey = np.where(body | tail, 0.6, 0.05).astype(np.float32)
    grey[100:120, 68:73] = 1.0
    return grey


@pytest.mark.parametrize("with_tail", [True, False])
@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_the_slim_end_without_a_tail_is_up(quarter_turns: int, with_tail: bool) -> None:
    animal = find(np.rot90(drawn(with_tail=with_tail), -quarter_turns))

    assert (animal.rotation_degrees - 90 * quarter_turns + 180) % 360 == pytest.approx(180, abs=2)


def test_a_clipped_tail_hardly_changes_length_and_area() -> None:
    whole, clipped = find(drawn(with_tail=True)), find(drawn(with_tail=True)[:200])

    assert clipped.length == pytest.approx(whole.length, abs=1)
    assert clipped.area == pytest.approx(whole.area, rel=0.01)
    assert whole.length == pytest.approx(118, abs=8)
