"""One row per trait: how well centres agree on the same knockout."""

from muster.traits.heterogeneity import agreement
from muster.traits.rows import as_table


def model(dbt, session):
    dbt.config(materialized="table")
    references = dbt.ref("int_references_measured").order("trait_id, reference_id, centre").df()
    return as_table(agreement(references))
