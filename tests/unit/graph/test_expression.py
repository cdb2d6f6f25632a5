import numpy as np
from scipy import sparse

from muster.graph.expression import expression
from muster.graph.knowledge import KnowledgeGraph, Membership


def measured(kind: str, nodes: list[str], levels: list[list[float]]) -> dict[str, np.ndarray]:
    membership = Membership(nodes, nodes, sparse.csr_array(np.array(levels)))
    return expression(
        KnowledgeGraph([f"MGI:{row}" for row in range(len(levels))], [""] * len(levels), {}, {kind: membership})
    )


def test_early_and_late_stages_are_told_apart_by_their_somites() -> None:
    nodes = [
        "E-ERAD-401:10-somite stage",
        "E-ERAD-401:18-somite stage",
        "E-ERAD-401:4-somite stage",
        "E-ERAD-401:36-somite stage",
    ]

    found = measured("stage", nodes, [[np.e - 1, 0, np.e - 1, np.e**3 - 1], [0, 0, 0, 0]])

    np.testing.assert_allclose(found["embryo_early"], [1, np.nan])
    np.testing.assert_allclose(found["embryo_trend"], [2, np.nan])
    np.testing.assert_allclose(found["embryo_least"], [0, np.nan])
    np.testing.assert_allclose(found["embryo_expression"], [1.25, np.nan])


def test_one_tissue_alone_is_specific_and_all_alike_is_not() -> None:
    found = measured("tissue", ["HPA:a", "HPA:b"], [[3.0, 0.0], [2.0, 2.0], [0.0, 0.0]])

    np.testing.assert_allclose(found["tissue_specificity"], [1, 0, np.nan])
    np.testing.assert_allclose(found["tissue_peak"], [3, 2, np.nan])


def test_what_no_release_measured_is_unknown() -> None:
    found = measured("go", ["GO:1"], [[1.0]])

    assert len(found) == 6
    assert all(np.isnan(column).all() for column in found.values())
