import numpy as np
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Membership
from muster.learners.tissues import missing_expression, read_tissues, tissues_of_term

GENES = 200


def tissues_with(heart_share: float):
    """Called genes are the first half; `heart_share` of the others are expressed in the heart, all are in the liver."""
    heart = np.arange(GENES) < GENES // 2 + heart_share * GENES // 2
    levels = np.column_stack([np.where(heart, 3.0, 0.5), np.full(GENES, 2.0)])
    levels[-1] = 0
    membership = Membership(["HPA:heart_muscle.cells", "HPA:liver"], ["", "liver"], sparse.csr_array(levels))
    return read_tissues(KnowledgeGraph([f"MGI:{n}" for n in range(GENES)], [], {}, {"tissue": membership}))


def test_a_gene_not_expressed_where_the_called_genes_are_is_told() -> None:
    found = tissues_with(heart_share=0.2)
    is_called, is_tested = np.arange(GENES) < GENES // 2, np.ones(GENES, bool)

    term = tissues_of_term(found, is_called, is_tested)

    assert list(missing_expression(term, 150)) == [
        "low or not detected in heart muscle, cells, where 100% of the genes called for this term are expressed "
        "and 60% of all tested genes"
    ]
    assert list(missing_expression(term, 3)) == []


def test_a_gene_that_was_not_measured_is_not_called_absent() -> None:
    found = tissues_with(heart_share=0.2)
    term = tissues_of_term(found, np.arange(GENES) < GENES // 2, np.ones(GENES, bool))

    assert list(missing_expression(term, GENES - 1)) == []


def test_a_tissue_as_common_among_tested_genes_says_nothing() -> None:
    found = tissues_with(heart_share=1.0)
    term = tissues_of_term(found, np.arange(GENES) < GENES // 2, np.ones(GENES, bool))

    assert not len(term.telling)
