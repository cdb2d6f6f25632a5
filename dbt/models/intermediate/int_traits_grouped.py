"""One row per trait: the group of traits it belongs to and who stands for them."""

from muster.traits.groups import group_traits
from muster.traits.rows import as_table


def model(dbt, session):
    dbt.config(materialized="table")
    pairs = dbt.ref("int_traits_paired").order("trait_id_a, trait_id_b").df()
    coverage = dbt.ref("int_traits_covered").order("trait_id").df()
    return as_table(group_traits(pairs, coverage))
