"""How far a count may move from one release to the next, learned from the steps between earlier releases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from muster.catalog import release_key

#: So many steps are looked back on: five years of IMPC. Before, whole projects joined, and counts doubled.
WINDOW = 20
#: With fewer steps nothing can be learned.
FEWEST_STEPS = 8
#: The files differ from the notes they are counted in: DR18.0 lists 8,425 genes where its notes say 8,368.
MARGIN = 0.02
#: What is refused lies so many times further than the largest step of the window, up or down: a count that was made
#: once by mistake (98,621 calls in 12.0) is taken back later (86,536 in 13.0), and DR24 took back more than any before.
WIDENING = 3
#: A history without steps, such as a simulated one, says little of the next step.
SMALLEST_STEP = 0.08
#: A halved or a doubled count is refused, unless steps of the window went further. 0.55 and not 0.5: a file that is cut
#: in half keeps a little more than half of its rows, or of its genes.
LARGEST_FALL = math.log(1 / 0.55)
LARGEST_RISE = math.log(2)


@dataclass(frozen=True)
class Band:
    """Limits of the ratio of a count to the one of an earlier release."""

    refused_below: float
    warned_below: float
    warned_above: float
    refused_above: float
    learned_from: str


#: Where there is no history. Two-sided: real counts fall as well as rise, but none has doubled since DR4.
FIXED = Band(0.5, 0.85, 1.3, 2.0, "no history: fixed limits")


def band(history: Sequence[tuple[str, float]], *, previous: str | None, release: str, quantity: str = "counts") -> Band:
    """Return the limits for `release` after `previous`, from (release, count) of all releases that are known.

    Only releases before `release` count. Over several releases rises add up, and chance with the square root of their
    number; a fall may not, for nothing that is taken back is taken back twice.

    >>> steady = [(f"{number}.0", 100 * 1.05**number) for number in range(1, 20)]
    >>> limits = band(steady, previous="19.0", release="20.0")
    >>> round(limits.refused_below, 2), round(limits.warned_above, 2), round(limits.refused_above, 2)
    (0.79, 1.07, 1.27)
    """
    counted = sorted((entry for entry in history if entry[1] > 0), key=lambda entry: release_key(entry[0]))
    known = [count for name, count in counted if release_key(name) < release_key(release)]
    steps = [math.log(after / before) for before, after in zip(known, known[1:], strict=False)][-WINDOW:]
    if len(steps) < FEWEST_STEPS:
        return FIXED
    number = 1 + _between(counted, previous, release)
    usual, chance = median(steps), math.sqrt(number)
    largest = max(SMALLEST_STEP, *(abs(step) for step in steps))
    fall = max(-min(steps), min(WIDENING * largest, LARGEST_FALL))
    rise = max(max(steps), min(WIDENING * largest, LARGEST_RISE))

    def over(step: float) -> float:
        return number * usual + chance * (step - usual)

    lowest = max(over(-fall), -max(LARGEST_FALL, -min(steps)))
    return Band(
        refused_below=round(math.exp(lowest), 4),
        warned_below=round(math.exp(max(over(min(steps)) - MARGIN, lowest)), 4),
        warned_above=round(math.exp(over(max(steps)) + MARGIN), 4),
        refused_above=round(math.exp(over(rise)), 4),
        learned_from=f"{len(steps)} steps of {quantity} before {release}, for {number} at once",
    )


def _between(counted: Sequence[tuple[str, float]], previous: str | None, release: str) -> int:
    """Return how many known releases lie between two."""
    if previous is None:
        return 0
    first, last = release_key(previous), release_key(release)
    return sum(first < release_key(name) < last for name, _ in counted)
