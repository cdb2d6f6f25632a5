"""The measured phenotype of a gene as one vector: effects of the traits that stand for the rest, compressed."""

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster import lake
from muster.graph.embedding import Vectors, compress
from muster.graph.knowledge import positions
from muster.traits.matrix import matrix_of

DIMENSIONS = 16

# Lists in the order of lines: the mean of a gene is the same number whatever the order of rows.
EFFECTS = """
select gene_id, trait_id, list_avg(list(coalesce(effect_size, imputed_effect_size) order by line_id)) as effect
from '{folder}/line_profiles.parquet' as profiles
inner join '{folder}/lines.parquet' as lines using (line_id)
where gene_id is not null and (is_measured or $with_imputed)
group by gene_id, trait_id
"""

MEASURED = """
select distinct gene_id
from '{folder}/line_profiles.parquet' as profiles
inner join '{folder}/lines.parquet' as lines using (line_id)
where gene_id is not null and is_measured
"""


def phenotype_profiles(
    release: str, gene_ids: list[str], *, with_imputed: bool = False
) -> tuple[Vectors, NDArray[np.bool_]]:
    """Return a vector a gene (zeros where nothing was measured) and whether anything was measured.

    A trait that was not measured counts as 0, the control mean; `with_imputed` puts its imputed effect there instead.
    """
    is_measured = np.zeros(len(gene_ids), np.bool_)
    if not lake.has(release, "line_profiles"):
        return np.zeros((len(gene_ids), DIMENSIONS), np.float32), is_measured
    folder = lake.build(release)
    with duckdb.connect() as connection:
        effects = connection.sql(EFFECTS.format(folder=folder), params={"with_imputed": with_imputed}).to_arrow_table()
        known = connection.sql(MEASURED.format(folder=folder)).to_arrow_table()["gene_id"].to_numpy()
    matrix = matrix_of(effects, "gene_id", "trait_id", "effect")
    places = positions(gene_ids, np.array(matrix.rows, dtype=object))
    profiles = np.zeros((len(gene_ids), len(matrix.columns)))
    profiles[places[places >= 0]] = np.nan_to_num(matrix.values[places >= 0])
    found = positions(gene_ids, known)
    is_measured[found[found >= 0]] = True
    return compress(sparse.csr_array(profiles), DIMENSIONS), is_measured
