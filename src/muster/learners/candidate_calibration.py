"""From a score to a probability: the share of hidden genes among all genes of held-out sets with such a score."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from muster.learners.gene_sets import GeneSet

#: Scores are sorted into bins of their log odds: thirteen million scores would not be sorted themselves.
EDGES = np.linspace(-12.0, 12.0, 481)

Curve = dict[str, list[float]]


@dataclass
class Calibration:
    """How many genes had which score, and how many of them were hidden."""

    all_genes: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(EDGES) + 1))
    hidden: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(EDGES) + 1))

    def add(self, scores: NDArray[np.float32], gene_set: GeneSet) -> None:
        """Count the genes that were not shown."""
        bins = np.searchsorted(EDGES, log_odds(scores))
        self.hidden += np.bincount(bins[gene_set.hidden], minlength=len(EDGES) + 1)
        self.all_genes += np.bincount(np.delete(bins, gene_set.shown), minlength=len(EDGES) + 1)

    def fitted(self) -> Curve:
        """Return the curve (log odds, probability) that never falls and fits the counts best."""
        used = np.flatnonzero(self.all_genes)
        middle = np.concatenate([EDGES[:1], (EDGES[1:] + EDGES[:-1]) / 2, EDGES[-1:]])[used]
        share = self.hidden[used] / self.all_genes[used]
        found = IsotonicRegression(y_min=0.0, y_max=1.0).fit(middle, share, sample_weight=self.all_genes[used])
        return {"log_odds": found.X_thresholds_.tolist(), "probability": found.y_thresholds_.tolist()}


def probability(curve: Curve, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probabilities of scores.

    >>> probability({"log_odds": [-2.0, 2.0], "probability": [0.0, 0.5]}, np.array([0.5, 0.999], np.float32)).tolist()
    [0.25, 0.5]
    """
    return np.interp(log_odds(scores), curve["log_odds"], curve["probability"])


def log_odds(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the log odds of probabilities, those of 0 and 1 included."""
    clipped = np.clip(scores.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.asarray(np.log(clipped / (1.0 - clipped)))
