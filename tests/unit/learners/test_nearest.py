import numpy as np

from muster.learners.nearest import nearest_genes
from muster.learners.neighbourhood import Neighbourhood, shown


def test_the_most_alike_called_and_normal_genes_are_told_with_their_shared_partners(
    neighbourhood: Neighbourhood, states: np.ndarray
) -> None:
    (found,) = nearest_genes(shown(neighbourhood, states), np.array([0]))

    assert found == [
        {"gene_id": "MGI:1", "symbol": "Hit1", "status": "called", "cosine": 0.995, "shared_partners": 1},
        {"gene_id": "MGI:3", "symbol": "Norm1", "status": "normal", "cosine": 0.995, "shared_partners": 0},
    ]


def test_untested_genes_are_no_known_genes(neighbourhood: Neighbourhood, states: np.ndarray) -> None:
    (found,) = nearest_genes(shown(neighbourhood, states), np.array([0]))

    assert "Dim" not in {entry["symbol"] for entry in found}


def test_a_gene_without_a_vector_has_no_nearest(neighbourhood: Neighbourhood, states: np.ndarray) -> None:
    assert nearest_genes(shown(neighbourhood, states), np.array([6])) == [[]]
