"""The phenotype terms and calls of a release, numbered for matrices."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from muster import lake

#: Fewer genes say nothing about what occurs together.
MIN_GENES = 3

_CALLS = """
with counted as (
    select mp_term_id, count(*) filter (where status = 'called' and (is_direct or {is_closed})) as gene_count
    from {mart}
    group by mp_term_id
),
numbered as (
    select mp_term_id, row_number() over (order by mp_term_id) - 1 as term
    from counted
    where gene_count >= {minimum}
),
genes as (
    select gene_id, row_number() over (order by gene_id) - 1 as gene
    from (select distinct gene_id from {mart})
)
select genes.gene, numbered.term, coalesce(status = 'called' and (is_direct or {is_closed}), false) as is_called
from {mart}
inner join numbered using (mp_term_id)
inner join genes using (gene_id)
order by genes.gene, numbered.term
"""

_NODES = """
select
    mp_term_id,
    any_value(mp_term_name) as name,
    count(*) filter (where status = 'called' and (is_direct or {is_closed})) as gene_count,
    count(*) filter (where status = 'called') as closed_gene_count,
    count(*) as tested_gene_count
from {mart}
group by mp_term_id
having gene_count >= {minimum}
order by mp_term_id
"""


@dataclass(frozen=True)
class TermCalls:
    """What the network is made of."""

    nodes: pd.DataFrame
    """One row a term: mp_term_id, name, top_level, gene_count, closed_gene_count, tested_gene_count."""
    calls: pd.DataFrame
    """One row a tested gene and term: gene, term (numbers; a term's is its row in `nodes`), is_called."""
    related: NDArray[np.bool_]
    """Term x term: one is the other's ancestor."""


def term_calls(release: str, *, is_closed: bool = False) -> TermCalls:
    """Return the terms with enough genes, and every gene tested for them.

    Args:
        release: a published release.
        is_closed: count a call for the term's ancestors too; by default only direct calls count.
    """
    mart = f"read_parquet('{lake.build(release) / 'gene_phenotypes.parquet'}')"
    holes = {"mart": mart, "minimum": MIN_GENES, "is_closed": str(is_closed).lower()}
    nodes, calls = (duckdb.connect().execute(query.format(**holes)).df() for query in (_NODES, _CALLS))
    terms = lake.read(release, "terms", "mp_term_id, mp_term_name, ancestor_ids, top_level_ids").df()
    terms = terms.set_index("mp_term_id").reindex(nodes["mp_term_id"])
    nodes.insert(2, "top_level", _top_level_names(release, nodes, terms))
    return TermCalls(nodes, calls, _related(nodes["mp_term_id"].tolist(), terms["ancestor_ids"].tolist()))


def _top_level_names(release: str, nodes: pd.DataFrame, terms: pd.DataFrame) -> list[str]:
    names = dict(lake.read(release, "terms", "mp_term_id, mp_term_name").fetchall())
    found = []
    for term, top_level_ids in zip(nodes["mp_term_id"], terms["top_level_ids"], strict=True):
        above = sorted(top_level_ids) if isinstance(top_level_ids, np.ndarray) else []
        # A term below several systems is drawn with the first; an obsolete one is below none.
        found.append(names.get(above[0], term).removesuffix(" phenotype") if above else "no body system")
    return found


def _related(ids: list[str], ancestor_ids: list[object]) -> NDArray[np.bool_]:
    number = {term: index for index, term in enumerate(ids)}
    related = np.eye(len(ids), dtype=bool)
    for index, ancestors in enumerate(ancestor_ids):
        if isinstance(ancestors, np.ndarray):
            above = [number[term] for term in ancestors if term in number]
            related[index, above] = related[above, index] = True
    return related
