"""What the mouse showed, as part of the graph on request: labels, which no feature may be made from unawares.

`knowledge.read_graph` holds none of this. Whoever asks for it has to cut the target term, its ancestors and its
descendants, and the genes that are held out, before anything is learnt from it.
"""

import numpy as np
from scipy import sparse

from muster import lake
from muster.graph.knowledge import Membership, positions

#: The kind of the nodes, and of the edges from genes to them.
KIND = "mp"


def read_phenotypes(release: str, gene_ids: list[str]) -> Membership:
    """Return the MP terms each gene was called with: genes x terms, 1 where called with the term or one below it.

    The mart is closed over is_a, so the calls are; genes outside `gene_ids` (sorted) are left out. A 0 is no
    negative: the gene may be untested.
    """
    called = lake.read(release, "gene_phenotypes").filter("status = 'called'")
    rows = called.project("gene_id, mp_term_id, coalesce(mp_term_name, mp_term_id) as name").order("all").fetchnumpy()
    genes = positions(gene_ids, rows["gene_id"])
    known = genes >= 0
    term_ids, first, terms = np.unique(rows["mp_term_id"][known].astype(str), return_index=True, return_inverse=True)
    entries = (np.ones(len(terms)), (genes[known], terms))
    names = rows["name"][known][first]
    weights = sparse.csr_array(entries, (len(gene_ids), len(term_ids)))
    return Membership([str(term) for term in term_ids], [str(name) for name in names], weights)
